import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { createFolder, messagesIn } from '../services/logger/durable/folder.ts';
import { openLogFile } from '../services/logger/durable/log-file.ts';
import { createLogWriter } from '../services/logger/durable/log-writer.ts';
import { isolatedEnvironment, launch, type SystemAt } from '../test/launched.ts';
import { cpuMsOf } from './processes.ts';

/** Makes folders with so many messages, starts a system on them, and tells what it takes to fill the members. */
const count = Number(process.argv[2] ?? 1_000_000);
const LOGGERS = ['logger-1', 'logger-2', 'logger-3'];
const BATCH = 20;
const say = (text: string) => void process.stdout.write(`${text}\n`);

async function makeFolders(data: string): Promise<void> {
  mkdirSync(data, { recursive: true });
  let bytes = 0;
  for (const [index, logger] of LOGGERS.entries()) {
    const folder = join(data, logger);
    createFolder(folder, { log: 'bench', logger, loggers: LOGGERS });
    const writer = createLogWriter({ folder, file: openLogFile(messagesIn(folder)), messages: 0 });
    for (let n = index * BATCH; n < count; n += LOGGERS.length * BATCH) {
      const numbers = Array.from({ length: Math.min(BATCH, count - n) }, (_, at) => n + at);
      writer.append(numbers.map((one) => ({ UUID: v7(), msg: `${one} `.repeat(20).slice(0, 100) }))).settle([]);
    }
    await writer.close();
    bytes += statSync(messagesIn(folder)).size;
  }
  say(`${count.toLocaleString('en')} messages of 100 characters on disk: ${(bytes / 1e6).toFixed(0)} MB`);
}

/** The most memory that a process has taken, in MB. */
function mostMemoryOf(pid: number): number {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
}

async function tellFigures({ health }: SystemAt, runFolder: string): Promise<void> {
  let cpuMs = 0;
  for (const n of [1, 2, 3]) {
    const logger = (await health(n)).pid ?? 0;
    const member = Number(readFileSync(`${runFolder}/member-${n}.pid`, 'utf8'));
    cpuMs += cpuMsOf(logger) + cpuMsOf(member);
    say(`at most: logger-${n} ${mostMemoryOf(logger)} MB, member-${n} ${mostMemoryOf(member)} MB`);
  }
  say(`CPU time of loggers and members, their start too: ${(cpuMs / 1_000).toFixed(0)} s`);
}

const env: NodeJS.ProcessEnv = {
  ...(await isolatedEnvironment('jvm')),
  ...{ DURABLE: '1', MEMBER_HEAP: '2g', LOG_LEVEL: 'info' },
};
const { DATA_DIR: data = '', RUN_DIR: runFolder = '' } = env;
try {
  await makeFolders(data);
  let beganMs: number | undefined;
  const system = await launch('launch.sh', 'jvm', {
    env,
    readyWithinMs: 900_000,
    onOutput(text) {
      if (text.includes('messages back')) beganMs ??= performance.now();
      for (const [, told] of text.matchAll(/"(replayed [^"]*)"/g)) say(`${told}`);
    },
  });
  try {
    const seconds = (performance.now() - (beganMs ?? Number.NaN)) / 1_000;
    say(`All is ready ${seconds.toFixed(1)} s after the first logger began to put messages back.`);
    await tellFigures(system, runFolder);
  } finally {
    await system.stop();
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
