import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, test } from 'node:test';
import { FaultDidNotHappen } from './fault-error.ts';
import { endProcess, freezeProcess, resumeProcess, stateOf } from './process-control.ts';

let child: ChildProcess;
const start = (script: string) => {
  child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  return Number(child.pid);
};
afterEach(() => child.kill('SIGKILL'));

test('a process is stopped, goes on, and is ended', async () => {
  const pid = start('sleep 60');
  await freezeProcess(pid);
  assert.match(await stateOf(pid), /^T/);
  await resumeProcess(pid);
  await endProcess(pid, 'SIGKILL');
  assert.equal(await stateOf(pid), '');
});

test('a pause that somebody else ended is none', async () => {
  const pid = start('sleep 60');
  await freezeProcess(pid);
  process.kill(pid, 'SIGCONT');
  await assert.rejects(resumeProcess(pid), FaultDidNotHappen);
});

test('what is gone cannot be killed or stopped', async () => {
  const pid = start('true');
  await new Promise((resolve) => child.once('exit', resolve));
  await assert.rejects(endProcess(pid, 'SIGTERM'), FaultDidNotHappen);
  await assert.rejects(freezeProcess(pid), FaultDidNotHappen);
});
