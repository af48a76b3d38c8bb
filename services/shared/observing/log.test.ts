import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../../../test/free-port.ts';

const MAIN = new URL('../../messages/main.js', import.meta.url).pathname;
const FULL_DISK = '/dev/full';

for (const [format, asks] of [
  ['json', 20],
  ['pretty', 20],
  ['json', 0], // before the first line was written
] as const) {
  test(`a full disk neither stops a service nor keeps it from ending (${format}, after ${asks} answers)`, {
    skip: !existsSync(FULL_DISK) && `there is no ${FULL_DISK}`,
  }, async () => {
    const port = await freePort();
    const output = openSync(FULL_DISK, 'w');
    const env = { ...process.env, PORT: String(port), LOG_FORMAT: format };
    const service = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', output, 'inherit'] });
    closeSync(output);
    /** Takes the whole answer, so that its connection has nothing left to do when the service ends. */
    const ask = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/messages/`);
      await answer.text();
      return answer;
    };
    try {
      for (let tries = 500; tries > 0 && !(await ask().catch(() => undefined))?.ok; tries--) await pause(10);
      for (let n = 0; n < asks; n++) assert.equal((await ask()).status, 200);
      service.kill('SIGTERM');
      const [code, signal] = await once(service, 'exit', { signal: AbortSignal.timeout(5_000) });
      assert.deepEqual([code, signal], [0, null]);
    } finally {
      service.kill('SIGKILL');
    }
  });
}

test('a reader that takes nothing does not keep a process from ending; one that is slow has the last line', async () => {
  const output = new URL('log-output.js', import.meta.url);
  const script = `
    import { openLogOutput } from '${output}';
    void process.stdout.isTTY; // as the services ask: from then on a full pipe is an error
    const output = openLogOutput();
    for (let n = 0; n < 20_000; n++) output.write('x'.repeat(99) + '\\n');
    output.write('the last line\\n');
    setTimeout(() => process.exit(), 300);`;
  const run = () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stuck = run();
  await once(stuck, 'exit', { signal: AbortSignal.timeout(20_000) }).finally(() => stuck.kill('SIGKILL'));
  const slow = run();
  let last = '';
  for await (const chunk of slow.stdout) {
    last = `${last}${chunk}`.slice(-20);
    await pause(20);
  }
  assert.match(last, /the last line\n$/);
});
