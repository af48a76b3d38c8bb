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
