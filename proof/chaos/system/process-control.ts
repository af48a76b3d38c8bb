import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mustHappen } from './fault-error.ts';

const run = promisify(execFile);

/** What `ps` says of a process: 'T' for one that is stopped; empty if there is none, or it has ended. */
export async function stateOf(pid: number): Promise<string> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const state = stdout.trim();
  return state.startsWith('Z') ? '' : state;
}

/** Waits until something holds, asking often; false if it never did. */
export async function holdsWithin(timeoutMs: number, check: () => Promise<boolean>, pollMs = 30): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await check()) return true;
    if (performance.now() > deadline) return false;
    await pause(pollMs);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    mustHappen(false, `process ${pid} could not get ${name}: ${error}`);
  }
}

/** Ends a process by a signal and waits until it is gone; throws a FaultDidNotHappen if it stays. */
export async function endProcess(pid: number, name: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  mustHappen((await stateOf(pid)) !== '', `process ${pid} was gone before ${name}`);
  signal(pid, name);
  const gone = await holdsWithin(name === 'SIGKILL' ? 5_000 : 15_000, async () => (await stateOf(pid)) === '');
  mustHappen(gone, `process ${pid} lives on after ${name}`);
}

/** Stops a process where it is; throws a FaultDidNotHappen if it goes on. */
export async function freezeProcess(pid: number): Promise<void> {
  signal(pid, 'SIGSTOP');
  const frozen = await holdsWithin(1_000, async () => (await stateOf(pid)).startsWith('T'));
  mustHappen(frozen, `process ${pid} is not stopped by SIGSTOP`);
}

/** Lets a stopped process go on; throws a FaultDidNotHappen if it was not stopped until now, or does not go on. */
export async function resumeProcess(pid: number): Promise<void> {
  const state = await stateOf(pid);
  mustHappen(state.startsWith('T'), `process ${pid} should be stopped still, but is in state "${state}"`);
  signal(pid, 'SIGCONT');
  const goesOn = await holdsWithin(1_000, async () => !(await stateOf(pid)).startsWith('T'));
  mustHappen(goesOn, `process ${pid} does not go on after SIGCONT`);
}
