import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWrite } from './write.ts';

test('a write counts only if it took less than members wait for a copy', async () => {
  let nowMs = 0;
  const write = createWrite(
    (promise) => promise,
    () => nowMs,
  );
  const after = (ms: number) =>
    Promise.resolve().then(() => {
      nowMs += ms;
      return 'done';
    });
  assert.equal(await write(after(900)), 'done');
  await assert.rejects(write(after(1_000)), /may lack its copy/);
  await assert.rejects(write(Promise.reject(new Error('the member is away'))), /the member is away/);
});
