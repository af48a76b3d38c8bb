import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, type SystemAt } from '../launched.ts';

/** Ids and the choice of logger differ from run to run. */
const mask = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/logger-[123]/g, 'logger-<n>')
    .trimEnd();

/** Tests that a system that has no messages yet answers the README's commands as the README shows it: POST and GET. */
export function testReadmeSession(trilog: SystemAt): void {
  test('the session of the README is what a user sees', async () => {
    const session = /```console\n([\s\S]*?)```/.exec(readFileSync(`${ROOT}README.md`, 'utf8'))?.[1] ?? '';
    const steps = session.split(/^\$ /m).filter((step) => step !== '');
    assert.ok(steps.length >= 7);
    const variables: string[] = [];
    for (const step of steps) {
      const [command = '', ...output] = step.split('\n');
      const here = command.replaceAll('http://127.0.0.1:8000', trilog.url).replace('curl ', 'curl --silent ');
      if (/^\w+=/.test(command)) variables.push(command);
      const { stdout } = await promisify(execFile)('bash', ['-c', [...variables, here].join('\n')]);
      assert.equal(mask(stdout), mask(output.join('\n')), command);
    }
  });
}
