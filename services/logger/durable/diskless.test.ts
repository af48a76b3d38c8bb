import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDiskless } from './diskless.ts';
import { formatFilling } from './filling.ts';

test('a logger without a disk serves members that nobody fills from disk', () => {
  const held = {};
  const { standing, objection } = createDiskless({ standing: () => held, noteOf: () => undefined });
  assert.equal(standing(), held);
  assert.equal(objection(), undefined);
});

test('it serves nothing once others fill them, says whose they are, and asks once for each standing', () => {
  const note = formatFilling({ id: 'f', log: 'log-a', loggers: ['logger-1', 'logger-2'], done: [] });
  let held: { note?: string } = {};
  let asked = 0;
  const { standing, objection } = createDiskless({
    standing: () => held,
    noteOf(of: typeof held) {
      asked++;
      return of.note;
    },
  });
  standing();
  held = { note };
  assert.equal(objection()?.state, 'foreign-data');
  assert.throws(standing, {
    code: 'unavailable',
    message:
      'This logger serves nothing: it has no folder (DATA_FOLDER); the members have the log log-a, which logger-1, logger-2 keep on disk.',
  });
  assert.throws(standing);
  assert.equal(asked, 2);
});
