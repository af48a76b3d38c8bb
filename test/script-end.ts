import type { ChildProcess } from 'node:child_process';

/** Sees that a script ends when this program does, by a signal too, if it is still there. */
export function endWithThis(script: ChildProcess): void {
  const end = () => void script.kill('SIGTERM');
  process.once('exit', end);
  script.once('exit', () => process.off('exit', end));
  for (const [name, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    if (process.listenerCount(name) === 0) process.once(name, () => process.exit(status));
  }
}
