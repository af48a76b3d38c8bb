import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHistory } from '../rules/checker.ts';
import { DEADLINE_MS } from '../rules/judged.ts';
import { parseHistory } from './history-lines.ts';
import { eventsOf, good } from './sample-history.ts';

const linesOf = () => eventsOf(good).map((event) => JSON.stringify(event));

test('a stored history is read back and checked as the first time', () => {
  const events = parseHistory(`${linesOf().join('\n')}\n`.split('\n'));
  assert.deepEqual(events, eventsOf(good));
  assert.ok(checkHistory(events, { deadlineMs: DEADLINE_MS }).passed);
});

test('a line that is no event is named', () => {
  const [post = '', get = ''] = linesOf();
  const wrong = [
    '{',
    'null',
    '7',
    '{"kind":"put"}',
    '{"kind":"get","startMs":1,"endMs":"2","status":200}',
    post.slice(0, -1),
  ];
  for (const line of wrong)
    assert.throws(() => parseHistory([post, get, line]), /^Error: line 3 of the history: /, line);
});
