import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../launched.ts';

/** The fuzzer, from PyPI, in this version; a newer one may find more. */
const VERSION = '4.32.5';
/** What it leaves, and Python's packages for it. */
const FOLDER = join(ROOT, '.fuzzer');
const HERE = join(ROOT, 'test/openapi');

interface Options {
  /** How long it may go on; what its fixed cases take counts. */
  readonly seconds: number;
  readonly seed: string;
}

/** Installs the fuzzer (Schemathesis), if it is not there. */
export async function installFuzzer(): Promise<string> {
  const environment = join(FOLDER, VERSION);
  const command = join(environment, 'bin/schemathesis');
  if (existsSync(command)) return command;
  mkdirSync(FOLDER, { recursive: true });
  const quiet = ['--quiet', '--disable-pip-version-check'];
  if ((await run('python3', ['-m', 'venv', environment])) !== 0)
    throw new Error('Python 3.11 or newer is needed, with its module venv');
  if ((await run(join(environment, 'bin/pip'), ['install', ...quiet, `schemathesis==${VERSION}`])) !== 0)
    throw new Error(`schemathesis ${VERSION} could not be installed`);
  return command;
}

/** Sends a running service what its own description allows, and what it does not; true if every answer is as described. */
export async function fuzz(command: string, url: string, { seconds, seed }: Options): Promise<boolean> {
  const options = ['--max-time', String(seconds), '--seed', seed, '--phases', 'examples,coverage,fuzzing'];
  const output = ['--continue-on-failure', '--output-sanitize', 'false', '--warnings', 'off', '--no-color'];
  const settings = ['--config-file', join(HERE, 'settings.toml')];
  return (await run(command, [...settings, 'run', `${url}/openapi.json`, ...options, ...output])) === 0;
}

async function run(command: string, args: readonly string[]): Promise<number> {
  const env = { ...process.env, SCHEMATHESIS_HOOKS: join(HERE, 'hooks.py') };
  const child = spawn(command, args, { cwd: FOLDER, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [status] = await once(child, 'close').catch(() => [1]);
  return status ?? 1;
}
