import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, GetEvent, PostEvent } from '../history/history.ts';
import { checkServed, longestUnservedMs } from './served.ts';

const post = (startMs: number, endMs: number, status: number): PostEvent => ({
  kind: 'post',
  n: 1,
  uuid: '',
  startMs,
  endMs,
  status,
});
const get = (startMs: number, endMs: number, status: number): GetEvent => ({
  kind: 'get',
  format: 'text',
  startMs,
  endMs,
  status,
});

test('the longest time without a 2xx lies between two, before the first or after the last', () => {
  assert.equal(longestUnservedMs([]), 0);
  assert.equal(longestUnservedMs([post(0, 10, 201), post(20, 500, 503), post(30, 900, 200), post(910, 920, 201)]), 890);
  assert.equal(longestUnservedMs([post(5, 10, 503), post(20, 700, 201), post(700, 710, 201)]), 695);
  assert.equal(longestUnservedMs([post(0, 10, 201), post(20, 1_500, 0)]), 1_490);
  assert.equal(longestUnservedMs([post(100, 300, 503)]), 200);
});

test('served again is what both a POST and a GET say that ended after the healing', () => {
  const events: Event[] = [post(0, 90, 201), post(95, 140, 503), post(99, 150, 201), get(100, 180, 200)];
  assert.equal(checkServed(events, 100, 80).held, true);
  assert.deepEqual(checkServed(events, 100, 79), {
    what: 'somebody serves within 0.079 s after the healing',
    held: false,
    found: 'a POST after 0.1 s, a GET after 0.1 s',
    timing: true,
  });
  const never = checkServed(events.slice(0, 3), 100, 1_000);
  assert.deepEqual([never.held, never.timing, never.found], [false, false, 'a POST after 0.1 s, a GET never']);
});
