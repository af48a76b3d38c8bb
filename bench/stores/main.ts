import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../proof/random.ts';
import { CANDIDATES, PACKAGES } from './candidates.ts';

/** What a step told, line by line; `end` says how it ended. */
interface Told {
  readonly ms?: number;
  readonly cpuMs?: number;
  readonly openMs?: number;
  readonly openCpuMs?: number;
  readonly readCpuMs?: number;
  readonly row?: number;
  readonly found?: number;
  readonly changed?: number;
  readonly rssMb?: number;
  readonly acknowledged?: number;
  readonly error?: string;
}

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'trilog-stores-'));
const packages = join(root, 'packages');
const random = createRandom(17);
const MILLION = 1_000_000;
const SPEED = 20_000;
const BATCH = 20;
/** As many as a power cut, a bit, or a kill is tried. */
const TRIES = 10;
const KILLS = 5;

interface StepOptions {
  readonly count?: number;
  readonly size?: number;
  readonly killAfterMs?: number;
}

/** Runs a step in a process of its own, and gives the last of each that it told. */
async function run(
  name: string,
  step: string,
  folder: string,
  { count = 0, size = BATCH, killAfterMs }: StepOptions = {},
): Promise<Told> {
  const env = { ...process.env, TELL: killAfterMs === undefined && count < MILLION * 10 ? '0' : '1' };
  const child = spawn(process.execPath, [CHILD, name, step, folder, packages, String(count), String(size)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    text += data;
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `status ${code}`));
  });
  if (killAfterMs !== undefined) void pause(killAfterMs).then(() => child.kill('SIGKILL'));
  const end = await ended;
  const lines = text.split('\n').filter((line) => line.endsWith('}'));
  const told: Told = Object.assign({}, ...lines.map((line) => JSON.parse(line) as Told));
  const isWell = end === 'status 0' || killAfterMs !== undefined;
  return isWell ? told : { error: `ended by ${end}`, ...told };
}

/** The files of a store with their sizes, the largest first. */
function filesOf(folder: string): readonly { readonly path: string; readonly bytes: number }[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, bytes: statSync(path).size }))
    .sort((one, other) => other.bytes - one.bytes);
}

const say = (name: string, what: string) => process.stdout.write(`${name.padEnd(6)} ${what}\n`);

/** Spoils copies of a store, and tells of how many it was said, which were partly gone without a word, served changed, or as before. */
async function spoil(
  name: string,
  what: string,
  whole: string,
  total: number,
  act: (copy: string) => void,
): Promise<void> {
  const tally = { 'no difference': 0, 'refused or said': 0, 'partly gone': 0, 'served changed': 0, crashed: 0 };
  for (let n = 0; n < TRIES; n++) {
    const copy = join(root, 'copy');
    rmSync(copy, { recursive: true, force: true });
    cpSync(whole, copy, { recursive: true });
    act(copy);
    const { error, changed = 0, found = 0 } = await run(name, 'read', copy);
    if (error?.startsWith('ended by')) tally.crashed++;
    else if (error !== undefined) tally['refused or said']++;
    else if (changed > 0) tally['served changed']++;
    else if (found < total) tally['partly gone']++;
    else tally['no difference']++;
  }
  say(
    name,
    `${what}: ${Object.entries(tally)
      .filter(([, count]) => count > 0)
      .map(([how, count]) => `${count} ${how}`)
      .join(', ')}`,
  );
}

async function compare(name: string): Promise<void> {
  const folder = (of: string) => join(root, `${name}-${of}`);

  const written = await run(name, 'write', folder('speed'), { count: SPEED });
  const perMessage = (ms = Number.NaN) => `${((1_000 * ms) / SPEED).toFixed(1)} µs`;
  say(
    name,
    `${SPEED} messages in synced batches of ${BATCH}: ${perMessage(written.ms)} a message, of which ${perMessage(written.cpuMs)} CPU`,
  );

  await run(name, 'write', folder('million'), { count: MILLION, size: 1_000 });
  const million = await run(name, 'read', folder('million'));
  const bytes = filesOf(folder('million')).reduce((sum, file) => sum + file.bytes, 0);
  say(
    name,
    `a million messages: opens in ${million.openMs?.toFixed(0)} ms (${million.openCpuMs?.toFixed(0)} ms CPU), reads all with ${million.readCpuMs?.toFixed(0)} ms CPU more; ${(bytes / 1e6).toFixed(0)} MB on disk, ${million.rssMb?.toFixed(0)} MB of memory`,
  );

  let lost = 0;
  for (let n = 0; n < KILLS; n++) {
    const killed = join(root, 'killed');
    rmSync(killed, { recursive: true, force: true });
    const { acknowledged = 0 } = await run(name, 'write', killed, {
      count: 10 * MILLION,
      killAfterMs: 600 + 400 * random.next(),
    });
    if (acknowledged === 0) throw new Error(`${name} had acknowledged nothing when it was killed`);
    const { row = 0 } = await run(name, 'read', killed);
    if (row < acknowledged) lost++;
  }
  say(name, `kill -9 while it writes, ${KILLS} times: acknowledged messages lost ${lost} times`);

  // So few that they are in the file that is written to, and once more so many that they are in those that are read.
  for (const count of [2_000, 50_000]) {
    await run(name, 'write', folder(`${count}`), { count, size: count / 100 });
    await spoil(name, `a flipped bit in ${count} messages`, folder(`${count}`), count, (copy) => {
      const [{ path, bytes }] = filesOf(copy) as [{ path: string; bytes: number }];
      const content = readFileSync(path);
      const at = Math.floor(bytes * random.next());
      content[at] = (content[at] ?? 0) ^ (1 << Math.floor(8 * random.next()));
      writeFileSync(path, content);
    });
  }
  await spoil(name, 'the end of its largest file cut off', folder('2000'), 2_000, (copy) => {
    const [{ path, bytes }] = filesOf(copy) as [{ path: string; bytes: number }];
    truncateSync(path, Math.floor(bytes * random.next()));
  });

  const small = join(root, 'small');
  mkdirSync(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', small]);
  try {
    const full = await run(name, 'write', join(small, 'store'), { count: 20 * MILLION });
    const { row, changed, error } = await run(name, 'read', join(small, 'store'));
    say(
      name,
      `a full disk of 16 MB, after ${full.acknowledged} messages: ${full.error}; then reads ${row}, ${changed} of them changed${error === undefined ? '' : `; ${error}`}`,
    );
  } finally {
    execFileSync('umount', [small]);
    rmSync(small, { recursive: true });
  }
}

try {
  mkdirSync(packages);
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...PACKAGES], {
    cwd: packages,
  });
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : Object.keys(CANDIDATES)) await compare(name);
} finally {
  rmSync(root, { recursive: true, force: true });
}
