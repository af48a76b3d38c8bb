import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../test/launched.ts';

const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 2 ** 26;
/** Exit status: not everything is linearizable, or the check did not finish. */
const NOT_PASSED = 1;

/** Porcupine, a checker that is not ours, built for one run. */
export interface Porcupine {
  /** Checks a stored history; rejects if that could not be read. */
  check(history: string): Promise<readonly CheckedWindow[]>;
  /** Removes what was built. */
  close(): void;
}

/** What Porcupine says of a window. A key is a message, and a whole read is an operation on each of them. */
export interface CheckedWindow {
  readonly window: string;
  readonly seed: number;
  readonly startMs: number;
  readonly operations: number;
  readonly keys: number;
  readonly seconds: number;
  /** How many keys are not linearizable. */
  readonly faulty: number;
  /** Of how many keys it is not known. */
  readonly unfinished: number;
  /** What happened to the first of both, a few lines each. */
  readonly stories: readonly string[];
}

/** Builds the program; undefined where Go is missing; rejects if it does not build, as without the network for its module. */
export async function buildPorcupine(): Promise<Porcupine | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'trilog-porcupine-'));
  const close = () => rmSync(folder, { recursive: true, force: true });
  const program = join(folder, 'check');
  try {
    await run('go', ['build', '-buildvcs=false', '-o', program, '.'], {
      cwd: join(ROOT, 'proof/chaos/rules/porcupine'),
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/local/go/bin` },
    });
  } catch (error) {
    close();
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT') return undefined;
    throw new Error(`it does not build: ${stderr?.trim().split('\n').at(-1)}`, { cause: error });
  }
  return { check: (history) => check(program, history), close };
}

async function check(program: string, history: string): Promise<readonly CheckedWindow[]> {
  const { stdout } = await run(program, ['-json', history], { maxBuffer: MOST_OUTPUT_BYTES }).catch(
    (error: { readonly code?: unknown; readonly stdout: string; readonly stderr: string }) => {
      if (error.code === NOT_PASSED) return error;
      throw new Error(`Porcupine ended without a result: ${error.stderr.slice(0, 500).trim() || error}`);
    },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as CheckedWindow);
}
