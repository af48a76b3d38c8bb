import assert from 'node:assert/strict';
import { test } from 'node:test';
import { good } from '../history/sample-history.ts';
import { checkLinearizability, judge, leftOut } from './linearizability.ts';
import type { CheckedWindow } from './porcupine.ts';

const { window } = good;
const checked: CheckedWindow = {
  window: window.name,
  seed: window.seed,
  startMs: window.startMs,
  operations: 100_000,
  keys: 500,
  seconds: 0.1,
  faulty: 0,
  unfinished: 0,
  stories: [],
};

test('what was checked of all windows is added up', () => {
  assert.equal(judge([checked, { ...checked, startMs: 9 }]).summary, 'linearizable: 200,000 operations, 1,000 keys');
});

test('a message that is not linearizable is found in its window, with what happened to it', () => {
  const bad = { ...checked, startMs: 9, faulty: 2, stories: ['message 1 …', 'message 2 …'] };
  const { summary, findIn } = judge([checked, bad]);
  assert.equal(summary, 'not linearizable: 200,000 operations, 1,000 keys');
  assert.deepEqual(findIn(window), []);
  assert.deepEqual(findIn({ ...window, startMs: 9 }), [
    {
      rule: 'not linearizable',
      detail: '2 messages are not linearizable, 0 were not checked in time:\nmessage 1 …\nmessage 2 …',
      count: 2,
      timing: false,
    },
  ]);
});

test('what is not known has not passed', async () => {
  const unfinished = judge([{ ...checked, unfinished: 5, stories: ['a', 'b', 'c', 'd', 'e'] }]);
  assert.equal(unfinished.summary, 'not finished: 100,000 operations, 500 keys');
  assert.deepEqual(
    unfinished.findIn(window).map(({ count, detail }) => [count, detail.endsWith('\nc\n…')]),
    [[5, true]],
  );
  assert.equal(judge([]).findIn(window).length, 1);
  const check = async () => {
    throw new Error('no such file');
  };
  const failed = await checkLinearizability({ check, close() {} }, 'history.ndjson');
  assert.equal(failed.summary, 'unknown: no such file');
  assert.equal(failed.findIn(window).length, 1);
});

test('a check that was left out finds nothing, and says why', () => {
  const { summary, findIn } = leftOut('Go is not installed');
  assert.equal(summary, 'left out, as Go is not installed');
  assert.deepEqual(findIn(window), []);
});
