import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { availableRuntimes, type Runtime } from '../../../test/launched.ts';

/** How a system runs: by launch.sh, with its members as one of the two, or all of it by deploy/compose.yaml. */
export type SystemRuntime = Runtime | 'compose';

export const SYSTEM_RUNTIMES: readonly SystemRuntime[] = ['jvm', 'docker', 'compose'];

const run = promisify(execFile);

/** The runtimes that this machine has; compose comes last, and takes Docker Compose version 2. */
export async function systemRuntimes(): Promise<readonly SystemRuntime[]> {
  const [launched, hasCompose] = await Promise.all([
    availableRuntimes(),
    run('docker', ['compose', 'version'], { timeout: 20_000 }).then(
      () => true,
      () => false,
    ),
  ]);
  return hasCompose && launched.includes('docker') ? [...launched, 'compose'] : launched;
}
