import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../rules/row.ts';
import { formatTable } from './table.ts';

const calm: Row = {
  name: 'kill -9 of logger 2',
  seed: 7,
  requests: 6_012,
  postStatuses: new Map([[201, 6_000]]),
  getStatuses: new Map([[200, 12]]),
  stored: 6_000,
  slowestPostMs: 61.4,
  slowestGetMs: 102.6,
  p50Ms: 3.2,
  p99Ms: 12.1,
  p999Ms: 48.5,
  unservedPostMs: 320,
  unservedGetMs: 1_240,
  lost: 0,
  duplicated: 0,
  stale: 0,
  secondsUntilReady: 2.04,
  broken: [],
  brokenTimes: [],
};
const bad: Row = {
  ...calm,
  name: 'both | two members',
  seed: 123_456_789,
  postStatuses: new Map([
    [0, 3],
    [200, 1],
    [503, 12],
  ]),
  getStatuses: new Map([[503, 2]]),
  lost: 4,
  slowestPostMs: 14_998,
  secondsUntilReady: undefined,
  broken: ['lost', 'ready'],
  brokenTimes: ['slowest'],
};

test('the table has aligned columns, of all that is asked of a fault', () => {
  const text = formatTable([calm, bad, { ...calm, brokenTimes: ['p99'] }]);
  assert.equal(
    text,
    [
      'fault                     seed  requests  errors by status                slowest POST  slowest GET  p50/p99/p99.9  s unserved POST/GET  lost  dup.  stale  s to ready  result',
      'kill -9 of logger 2          7     6,012  -                                         61          103        3/12/49              0.3/1.2     0     0      0         2.0  ok',
      'both | two members   123456789     6,012  POST none×3, 503×12; GET 503×2        14,998          103        3/12/49              0.3/1.2     4     0      0       never  3 BROKEN',
      'kill -9 of logger 2          7     6,012  -                                         61          103        3/12/49              0.3/1.2     0     0      0         2.0  1 time',
      '',
    ].join('\n'),
  );
});
