import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { availableRuntimes, isolatedEnvironment, ROOT } from '../launched.ts';
import { remains } from '../script-run.ts';

const [runtime] = await availableRuntimes();
assert.ok(runtime, 'this test needs Java 17+ or a Docker engine');
const folder = join(mkdtempSync(join(tmpdir(), 'trilog tour ')), 'a clone');
after(() => rmSync(join(folder, '..'), { recursive: true }));

/** Which logger takes a message, and who owns it, differ from run to run. */
const mask = (text: string) =>
  text
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, '<facade>')
    .replace(/logger-\d took/g, 'logger-<n> took')
    .replace(/member-\d owns/g, 'member-<n> owns')
    .trim();

test('the tour says what the README shows, in a clone in a path with spaces, with umask 077 and NODE_ENV=production', async () => {
  const clone = `umask 077; git clone -q "$0" "$1"; touch -t 200001010000 "$1/package-lock.json"`;
  execFileSync('bash', ['-euc', clone, ROOT, folder]);
  for (const shared of ['node_modules', 'hazelcast/lib'])
    if (existsSync(join(ROOT, shared))) symlinkSync(join(ROOT, shared), join(folder, shared));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  const { RUN_DIR: _, DATA_DIR: __, ...isolated } = await isolatedEnvironment(runtime);
  const env = { ...isolated, NODE_ENV: 'production' };
  const output = execFileSync('bash', ['-c', 'umask 077; exec bash tour.sh'], { cwd: folder, env, encoding: 'utf8' });
  const [, shown = ''] =
    /```text\n(\$ bash tour\.sh\n[\s\S]*?)```/.exec(readFileSync(`${ROOT}README.md`, 'utf8')) ?? [];
  assert.equal(mask(output), mask(shown.slice(shown.indexOf('\n'))));
  assert.deepEqual(await remains({ ...env, RUN_DIR: join(folder, '.trilog') }), []);
});
