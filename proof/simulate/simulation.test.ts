import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defectsOf, huntDefect, runSeeds } from './run-seeds.ts';
import { simulate } from './simulation.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const { signal } = new AbortController();

test('a seed gives the same history each time, with and without its story', async () => {
  const first = await simulate(11);
  const again = await simulate(11, { withStory: true });
  assert.equal(again.hash, first.hash);
  assert.deepEqual(again.events, first.events);
  assert.notEqual((await simulate(12)).hash, first.hash);
  assert.ok(again.story.length > 50 && first.story.length === 0);
});

test('a hundred seeds show nothing, and another process comes to the same histories', async () => {
  const failed: string[] = [];
  const totals = await runSeeds({
    seed: 1,
    seeds: 100,
    signal,
    onFailed: ({ seed, violations }) => failed.push(`${seed}: ${JSON.stringify(violations)}`),
  });
  assert.deepEqual(failed, []);
  assert.ok((totals.statuses.get('POST 201') ?? 0) > 2_000, 'messages are stored');
  assert.ok((totals.statuses.get('GET 200') ?? 0) > 1_000, 'messages are read');
  assert.ok((totals.statuses.get('POST 503') ?? 0) > 20, 'faults are felt');
  const { stdout } = await run(process.execPath, [MAIN, '--seed', '1', '--seeds', '10']);
  const ten = await runSeeds({ seed: 1, seeds: 10, signal, onFailed: () => {} });
  assert.match(stdout, new RegExp(`hash of all histories ${ten.hash.slice(0, 16)}`));
});

for (const name of ['no-check-after', 'empty-read'])
  test(`it finds a broken system: ${name}`, async () => {
    const [defect] = defectsOf(name);
    assert.ok(defect !== undefined);
    const { foundAfter } = await huntDefect(defect, { seed: 1, seeds: 100, signal });
    assert.ok(foundAfter !== undefined);
  });

test('an option that is none is said, and nothing runs', async () => {
  await assert.rejects(run(process.execPath, [MAIN, '--seeds', 'many', '--broken', 'nothing']), {
    code: 2,
    stderr: /^--broken: there is no "nothing".*\n--seeds must be a whole number/,
  });
});
