import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseKept } from './diskless.ts';

test('a logger without a disk serves nothing in members whose log is kept on disk', () => {
  let note: string | undefined;
  const { standing, objection } = refuseKept({ standing: () => 'it counts', noteOf: () => note });
  assert.equal(standing(), 'it counts');
  assert.equal(objection(), undefined);
  note = 'filled';
  assert.match(objection()?.reason ?? '', /DURABLE=1/);
  assert.throws(standing, { code: 'unavailable', message: /DURABLE=1/ });
  note = undefined;
  assert.equal(objection(), undefined);
});

test('while its cluster does not count it has no objection of its own', () => {
  const { objection } = refuseKept({
    standing: () => {
      throw new Error('it does not count');
    },
    noteOf: () => 'filled',
  });
  assert.equal(objection(), undefined);
});
