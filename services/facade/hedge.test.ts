import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { hedge } from './hedge.ts';

const always = () => true;
const inOrder = <T>(...starts: (() => Promise<T>)[]) =>
  starts.map((start) => ({ start, patienceMs: 20, onSlow: () => {} }));
const fail = (message: string) => async () => Promise.reject(new Error(message));

test('the first success counts, and nothing is started after it', async () => {
  let started = 0;
  const start =
    <T>(value: T) =>
    async () => {
      started++;
      return value;
    };
  assert.equal(await hedge(inOrder<unknown>(start('a'), start('b')), always), 'a');
  await pause(60);
  assert.equal(started, 1);
});

test('the next one is started when one fails, or is slow', async () => {
  assert.equal(
    await hedge(
      inOrder<unknown>(fail('x'), async () => 'b'),
      always,
    ),
    'b',
  );
  assert.equal(
    await hedge(
      inOrder<unknown>(
        () => new Promise(() => {}),
        async () => 'b',
      ),
      always,
    ),
    'b',
  );
});

test('a slow one goes on beside the next, and may still win', async () => {
  const slow = async () => {
    await pause(60);
    return 'slow';
  };
  assert.equal(
    await hedge(
      inOrder<unknown>(slow, () => new Promise(() => {})),
      always,
    ),
    'slow',
  );
});

test('when all have failed, the last error is given', async () => {
  await assert.rejects(hedge(inOrder<unknown>(fail('x'), fail('y')), always), /y/);
});

test('no further one is started without leave', async () => {
  const mayStart = () => false;
  await assert.rejects(
    hedge(
      inOrder<unknown>(fail('x'), async () => 'b'),
      mayStart,
    ),
    /x/,
  );
});

test('a slow one is told of as soon as it is slow', async () => {
  const slow: string[] = [];
  const tries = ['a', 'b'].map((name) => ({
    start: () => (name === 'a' ? new Promise<string>(() => {}) : Promise.resolve(name)),
    patienceMs: 20,
    onSlow: () => void slow.push(name),
  }));
  assert.equal(await hedge(tries, always), 'b');
  assert.deepEqual(slow, ['a']);
});
