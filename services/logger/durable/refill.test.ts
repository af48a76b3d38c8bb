import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSilentLog } from '../../shared/observing/log.ts';
import { type PutOutcome, refill } from './refill.ts';

const MESSAGES = Array.from({ length: 2_500 }, (_, n) => ({
  UUID: `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`,
  msg: `text ${n}`,
}));

/** Refills by a `put` with an outcome of its own for each number of messages; gives what became of it, and the numbers. */
async function refillBy(outcomeOf: (count: number) => PutOutcome) {
  const counts: number[] = [];
  const stored: string[] = [];
  const isWhole = await refill({
    batches: (async function* () {
      for (let at = 0; at < MESSAGES.length; at += 500)
        yield { messages: MESSAGES.slice(at, at + 500), isSettled: true };
    })(),
    total: MESSAGES.length,
    async put(messages) {
      counts.push(messages.length);
      const outcome = outcomeOf(messages.length);
      if (outcome === 'certain') stored.push(...messages.map(({ UUID }) => UUID));
      return outcome;
    },
    log: createSilentLog(),
  });
  return { isWhole, counts, stored };
}

const KEYS = MESSAGES.map(({ UUID }) => UUID);

test('many messages go at once', async () => {
  const { isWhole, counts, stored } = await refillBy(() => 'certain');
  assert.deepEqual([isWhole, counts, stored], [true, [1_000, 1_000, 500], KEYS]);
});

test('where many at once take too long, fewer are put back, each once and in their order', async () => {
  const { isWhole, counts, stored } = await refillBy((count) => (count >= 300 ? 'uncertain' : 'certain'));
  assert.deepEqual([isWhole, stored], [true, KEYS]);
  assert.deepEqual(counts.slice(0, 4), [1_000, 500, 250, 500]);
});

test('it ends once it is of no use any more', async () => {
  const { isWhole, counts } = await refillBy(() => 'useless');
  assert.deepEqual([isWhole, counts], [false, [1_000]]);
});
