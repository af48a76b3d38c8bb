import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { createFolder, messagesIn } from '../services/logger/durable/folder.ts';
import { openLogFile } from '../services/logger/durable/log-file.ts';
import { createLogWriter } from '../services/logger/durable/log-writer.ts';
import { isolatedEnvironment, launch } from '../test/launched.ts';

/** Makes folders with so many messages, starts a system on them, and tells how long it takes to fill the members, and their memory. */
const count = Number(process.argv[2] ?? 1_000_000);
const LOGGERS = ['logger-1', 'logger-2', 'logger-3'];
const BATCH = 20;

const say = (text: string) => process.stdout.write(`${text}\n`);

/** Memory of a process, in MB: now, and the most that it was. */
function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return `${megabytes('VmRSS')} MB, at most ${megabytes('VmHWM')}`;
}

const env: NodeJS.ProcessEnv = {
  ...(await isolatedEnvironment('jvm')),
  DURABLE: '1',
  MEMBER_HEAP: '2g',
  LOG_LEVEL: 'info',
};
const data = env.DATA_DIR ?? '';
try {
  for (const [index, logger] of LOGGERS.entries()) {
    const folder = join(data, logger);
    mkdirSync(data, { recursive: true });
    createFolder(folder, { log: 'a-million', logger, loggers: LOGGERS });
    const writer = createLogWriter({ folder, file: openLogFile(messagesIn(folder)), batches: 0, messages: 0 });
    for (let n = index * BATCH; n < count; n += LOGGERS.length * BATCH) {
      const size = Math.min(BATCH, count - n);
      const messages = Array.from({ length: size }, (_, at) => ({
        UUID: v7(),
        msg: `${n + at} `.repeat(20).slice(0, 100),
      }));
      writer.append(messages).settle([]);
    }
    await writer.close();
  }
  const times = new Map<string, number>();
  let rest = '';
  const system = await launch('launch.sh', 'jvm', {
    env,
    readyWithinMs: 900_000,
    onOutput(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (/ puts [\d,]+ messages back/.test(line) && !times.has('began')) times.set('began', performance.now());
        if (/replayed/.test(line)) say(line.replace(/.*"name":"([^"]*)".*"msg":"([^"]*)".*/, '$1 $2'));
        if (/Trilog is ready/.test(line)) times.set('ready', performance.now());
      }
    },
  });
  try {
    const seconds = ((times.get('ready') ?? Number.NaN) - (times.get('began') ?? Number.NaN)) / 1_000;
    say(
      `${count.toLocaleString('en')} messages are back, and all is ready, ${seconds.toFixed(1)} s after the first was read`,
    );
    for (const n of [1, 2, 3]) {
      const { pid = 0 } = await system.health(n);
      const member = Number(readFileSync(`${env.RUN_DIR}/member-${n}.pid`, 'utf8'));
      say(`logger-${n} ${memoryOf(pid)}; member-${n} ${memoryOf(member)}`);
    }
    const bytes = execFileSync('du', ['-sb', data], { encoding: 'utf8' }).split('\t')[0];
    say(`on disk: ${(Number(bytes) / 1e6).toFixed(0)} MB`);
  } finally {
    await system.stop();
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
