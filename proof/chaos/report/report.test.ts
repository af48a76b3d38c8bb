import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../history/history.ts';
import { eventsOf, finalReadOf, good, outage, withGet, withSeen, withWindow } from '../history/sample-history.ts';
import { checkHistory } from '../rules/checker.ts';
import { DEADLINE_MS } from '../rules/judged.ts';
import { renderReport } from './report.ts';

const HOSTILE = `<script>alert("1")</script> & 'x'`;
const ESCAPED = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;';

function reportOf(events: readonly Event[], texts = 'plain') {
  const verdict = checkHistory(events, { deadlineMs: DEADLINE_MS });
  const facts = { title: texts, command: texts, seed: 7, machine: texts, linearizability: texts };
  return renderReport({ ...facts, events, verdict });
}

describe('a report', () => {
  test('has the table and a timeline of every window, and says that it passed', () => {
    const html = reportOf(eventsOf(good));
    assert.match(html, /Passed: nothing was violated/);
    assert.match(html, /<dt>By Porcupine<\/dt><dd>plain<\/dd>/);
    assert.doesNotMatch(html, /<h2>Violations/);
    assert.equal(html.match(/<svg /g)?.length, 1);
    assert.match(html, /fault injected, healed 4\.0 s later/);
    assert.match(html, /ready again 2\.0 s after healing/);
    assert.match(
      html,
      /<td><a href="#window-0">a fault<\/a><\/td><td class="figure">1<\/td><td class="figure">1,040<\/td>/,
    );
  });

  test('names what was violated, and where', () => {
    const html = reportOf(eventsOf(withWindow(good, { finalRead: finalReadOf([]), bars: { slowestPostMs: 1 } })));
    assert.match(html, /Not passed\. Violations: 1 of what was promised, 1 of times\./);
    assert.match(
      html,
      /<b>a fault<\/b> \(seed 1\), lost: 1000 messages that were acknowledged or read are not in the final read: 100;/,
    );
    assert.match(html, /<b>broken:<\/b> lost, slowest \(time\)/);
    assert.match(html, /a POST may take at most 1 ms/);
  });

  test('shows every text as text', () => {
    const sample = withGet(
      withWindow(good, {
        name: HOSTILE,
        notHappened: HOSTILE,
        checks: [{ what: HOSTILE, held: false, found: HOSTILE }],
        finalRead: { ...finalReadOf([]), invented: [HOSTILE] },
      }),
      20,
      ({ seen, ...get }) => ({ ...get, error: HOSTILE }),
    );
    const html = reportOf(eventsOf(sample), HOSTILE);
    assert.ok(html.split(ESCAPED).length > 10);
    assert.doesNotMatch(html, /<script/);
  });

  test('needs nothing from elsewhere, and no script', () => {
    const html = reportOf(eventsOf(good));
    assert.doesNotMatch(html, /<script|<link|<img|@import|url\(|https?:/);
    assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  });

  test('can be drawn of windows in which little or nothing happened', () => {
    const { readyMs, finalRead, ...window } = good.window;
    const empty: readonly Event[][] = [
      [],
      [good.window],
      [window],
      [{ ...window, endMs: 0, injectedMs: 0, healedMs: 0 }],
      eventsOf(outage(0, 21_000)),
      eventsOf({ ...withSeen({ ranges: [], repeated: [], invented: [], outOfOrder: [] }), posts: [] }),
    ];
    for (const events of empty) assert.doesNotMatch(reportOf(events), /NaN|Infinity|undefined/);
    assert.match(reportOf([window]), /never ready again/);
  });

  test('stays small however many requests there were', () => {
    const events = eventsOf(good);
    const many = Array.from({ length: 10 }, () => events.filter(({ kind }) => kind !== 'window')).flat();
    assert.ok(reportOf([...many, good.window]).length < reportOf(events).length + 10_000);
  });
});
