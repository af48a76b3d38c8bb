import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { availableRuntimes, isolatedEnvironment, launch, ROOT } from '../launched.ts';
import { until } from '../until.ts';

const run = promisify(execFile);
const [runtime] = await availableRuntimes();
if (runtime === undefined) throw new Error('neither Java nor a Docker engine is there');
const env: NodeJS.ProcessEnv = { ...(await isolatedEnvironment(runtime)), DURABLE: '1' };
const { DATA_DIR: data = '' } = env;
after(() => rmSync(data, { recursive: true, force: true }));

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const READ = { headers: { Accept: 'application/x-ndjson' } };

test('what is kept on disk comes back after Ctrl+C, and after all members died; a missing folder is named', async () => {
  const first = await launch('launch.sh', runtime, { env });
  assert.match(first.output(), /Messages are kept on disk, in /);
  for (let n = 0; n < 60; n++) {
    const { status } = await fetch(first.url, { method: 'POST', body: `msg=number+${n}`, headers: FORM });
    assert.equal(status, 201);
  }
  const before = await (await fetch(first.url, READ)).text();
  assert.equal(before.split('\n').length, 61);
  await first.stop();

  const [folder = ''] = readdirSync(data).map((name) => join(data, name));
  renameSync(folder, `${folder}-away`);
  await assert.rejects(
    run('bash', ['launch.sh'], { cwd: ROOT, env, timeout: 120_000 }),
    ({ stderr }: { stderr: string }) => stderr.includes(`The folder ${folder} is missing`),
  );
  renameSync(`${folder}-away`, folder);

  const second = await launch('launch.sh', runtime, { env });
  try {
    assert.equal(await (await fetch(second.url, READ)).text(), before);
    await Promise.all([1, 2, 3].map((n) => second.member('kill', n)));
    await Promise.all([1, 2, 3].map((n) => second.member('start', n)));
    await until('all is back', 60_000, async () => (await (await fetch(second.url, READ)).text()) === before);
  } finally {
    await second.stop();
  }
});
