import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeHtml, forLog, onOneLine } from './printable.ts';

test('a text stays on its one line, and else as it is', () => {
  assert.equal(
    onOneLine('a\nb\r\tc\u001b[31m\u009b\u2028 "q" \\ é 😀 مرحبا'),
    'a\\nb\\r\\tc\\u001b[31m\\u009b\\u2028 "q" \\ é 😀 مرحبا',
  );
});

test('a text in a log line cannot turn it around, and is cut', () => {
  assert.equal(forLog('evil\n[facade] \u202egnirts'), 'evil\\n[facade] \\u202egnirts');
  assert.equal(forLog(`${'x'.repeat(99)}😀😀`), `${'x'.repeat(99)}\ufffd… (103 characters)`);
});

test('a text in a page is no markup', () => {
  assert.equal(
    escapeHtml(`<img src="x" onerror='alert(1)'>&`),
    '&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt;&amp;',
  );
});
