import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../test/launched.ts';
import type { SystemRuntime } from '../system/runtime.ts';
import type { Defect } from './defects.ts';

const run = promisify(execFile);

/** Applies a defect's patches to the text of a file; throws unless each matches exactly once. */
export function applyPatches(text: string, patches: Defect['patches'], file: string): string {
  let patched = text;
  for (const patch of patches.filter((each) => each.file === file)) {
    const times = patched.split(patch.replace).length - 1;
    if (times !== 1) throw new Error(`${file} has the text ${JSON.stringify(patch.replace)} ${times} times, not once`);
    patched = patched.replace(patch.replace, () => patch.by);
  }
  return patched;
}

/** Copies the project to a new folder, with a defect in it, and builds it there; throws, and leaves none, if it does not build. */
export async function buildBroken(defect: Defect): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'trilog-broken-'));
  try {
    await buildIn(folder, defect);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  return folder;
}

async function buildIn(folder: string, { patches }: Defect): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  // Older than what was installed: the copy must not be installed anew.
  utimesSync(join(folder, 'package-lock.json'), 0, 0);
  // Hazelcast's JARs are there only once members ran as Java processes; what is not there the copy's launch gets.
  for (const shared of ['node_modules', 'hazelcast/lib'].filter((each) => existsSync(join(ROOT, each)))) {
    rmSync(join(folder, shared), { recursive: true, force: true });
    symlinkSync(realpathSync(join(ROOT, shared)), join(folder, shared));
  }
  for (const file of new Set(patches.map((patch) => patch.file))) {
    const path = join(folder, file);
    writeFileSync(path, applyPatches(readFileSync(path, 'utf8'), patches, file));
  }
  await run(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(`the project with the defect does not build: ${stdout}`);
  });
}

interface Options {
  readonly runtime: SystemRuntime;
  readonly seed: number;
  /** POSTs a second. */
  readonly rate: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Builds each defect in and runs the faults that show it; true if all of them are found. */
export async function proveDefects(defects: readonly Defect[], options: Options): Promise<boolean> {
  const found: { readonly name: string; readonly caught: string | undefined }[] = [];
  for (const defect of defects) {
    options.say(`\n== ${defect.name}: ${defect.summary}`);
    found.push({ name: defect.name, caught: await findDefect(defect, options) });
  }
  options.say('');
  for (const { name, caught } of found)
    options.say(`${name.padEnd(20)} ${caught === undefined ? 'NOT FOUND' : `found: ${caught}`}`);
  return found.every(({ caught }) => caught !== undefined);
}

/** What the checker says of a system with a defect; undefined if nothing of what it should. */
async function findDefect(defect: Defect, { runtime, seed, rate, say, signal }: Options): Promise<string | undefined> {
  const folder = await buildBroken(defect);
  try {
    signal.throwIfAborted();
    const flags = `--faults ${defect.faults.join()} --seed ${seed} --rate ${rate} --runtime ${runtime} --no-times --out out`;
    const child = spawn(process.execPath, ['dist/proof/chaos/main.js', ...flags.split(' ')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => say(text.trimEnd()));
    const end = () => child.kill('SIGTERM');
    signal.addEventListener('abort', end);
    const [status] = await once(child, 'exit');
    signal.removeEventListener('abort', end);
    signal.throwIfAborted();
    if (status !== 0 && status !== 1) throw new Error(`the run with the defect ended with ${status}`);
    const { violations } = JSON.parse(readFileSync(join(folder, 'out/verdict.json'), 'utf8')) as {
      violations: readonly { readonly rule: string; readonly detail: string; readonly window: string }[];
    };
    // Only under one of its faults: what is seen without any, the defect need not have done.
    const telling = violations.find(
      ({ rule, window }) => defect.shownBy.includes(rule) && defect.faults.includes(window),
    );
    return status === 1 && telling !== undefined ? `${telling.rule}: ${telling.detail}` : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
