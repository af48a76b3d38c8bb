import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { HISTORY_DEFECTS } from '../defects/history-defects.ts';
import { checkStored } from '../defects/history-proof.ts';
import { eventsOf, good, type Sample } from '../history/sample-history.ts';
import { checkHistory } from './checker.ts';
import { DEADLINE_MS } from './judged.ts';
import { buildPorcupine } from './porcupine.ts';

const porcupine = await buildPorcupine();

describe('Porcupine', { skip: porcupine === undefined ? 'Go is not installed' : false }, () => {
  after(() => porcupine?.close());
  const check = (sample: Sample) => {
    assert.ok(porcupine !== undefined);
    return checkStored(eventsOf(sample), porcupine);
  };

  test('passes a clean history, and counts its operations', async () => {
    const { summary, findIn } = await check(good);
    // Each of 1,000 messages: its POST, 40 GETs and the final read.
    assert.equal(summary, 'linearizable: 42,000 operations, 1,000 keys');
    assert.deepEqual(findIn(good.window), []);
  });

  for (const { name, summary, spoil } of HISTORY_DEFECTS) {
    test(`finds ${name}: ${summary}`, async () => {
      const spoiled = spoil(good);
      const linearizability = await check(spoiled);
      assert.equal(linearizability.summary, 'not linearizable: 42,000 operations, 1,000 keys');
      const [found, ...others] = linearizability.findIn(spoiled.window);
      assert.deepEqual([found?.rule, found?.count, others], ['not linearizable', 1, []]);
      assert.match(String(found?.detail), /message 599 is not linearizable:\n {2}9\.9800 s to [\d.]+ s: POST, /);
    });
  }

  test('makes its window fail in a verdict', async () => {
    const [defect] = HISTORY_DEFECTS;
    assert.ok(defect !== undefined);
    const linearizability = await check(defect.spoil(good));
    const { rows, passed } = checkHistory(eventsOf(good), { deadlineMs: DEADLINE_MS, linearizability });
    assert.deepEqual([rows.map(({ broken }) => broken), passed], [[['not linearizable']], false]);
  });

  test('does not pass what it could not read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trilog-history-'));
    try {
      const path = join(folder, 'history.ndjson');
      writeFileSync(path, '{"kind":"post","n":1');
      await assert.rejects(
        async () => porcupine?.check(path),
        /without a result: event 1 of the history: unexpected EOF/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
