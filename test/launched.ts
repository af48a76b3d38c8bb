import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endWithThis } from './script-end.ts';
import { NeverError, until } from './until.ts';

export type Runtime = 'jvm' | 'docker';
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const run = promisify(execFile);

/** What a logger says of itself, as far as tests look at it. */
export interface Health {
  readonly ready: boolean;
  readonly pid?: number;
  readonly reason?: string;
  readonly cluster?: { readonly size: number };
  readonly safe?: boolean;
}

/** A system at the ports that an isolatedEnvironment has: where its parts are, and what can be done to them. */
export interface SystemAt {
  readonly env: NodeJS.ProcessEnv;
  readonly url: string;
  readonly messagesUrl: string;
  loggerUrl(n: number): string;
  memberAddress(n: number): string;
  memberHealthUrl(n: number): string;
  health(n: number): Promise<Health>;
  /** Does something to a member, by hazelcast/member.sh. */
  member(action: 'kill' | 'stop' | 'freeze' | 'resume' | 'start', n: number): Promise<void>;
  /** Sends a signal to a logger's process. */
  signalLogger(n: number, signal: NodeJS.Signals): Promise<void>;
  /** Waits until all three loggers are ready in one cluster of three that has all its copies. */
  whole(): Promise<void>;
}

/** A system that was started by one of the launch scripts. */
export interface Launched extends SystemAt {
  readonly process: ChildProcess;
  /** All that was printed so far, by the script and the services. */
  output(): string;
  /** Starts a logger again, by launch-logger.sh. */
  startLogger(n: number): void;
  /** Ends it as Ctrl+C does. */
  stop(): Promise<void>;
}

/** The runtimes that this machine has, as the launch scripts see it. */
export async function availableRuntimes(): Promise<readonly Runtime[]> {
  const lacksNothing = (runtime: Runtime) =>
    run('bash', ['-c', `. deploy/launch.sh; [ -z "$(what_${runtime}_lacks)" ]`], { cwd: ROOT, timeout: 20_000 }).then(
      () => true,
      () => false,
    );
  const [jvm, docker] = await Promise.all([lacksNothing('jvm'), lacksNothing('docker')]);
  return [...(jvm ? (['jvm'] as const) : []), ...(docker ? (['docker'] as const) : [])];
}

/** An environment in which the scripts collide with no other system on this machine: ports, names and folder of its own. */
export async function isolatedEnvironment(runtime: Runtime): Promise<NodeJS.ProcessEnv> {
  const base = await freePorts();
  // More than the ports: what a run that was killed has left keeps its name, and the same ports come again.
  const name = `trilog-test-${base}-${randomUUID().slice(0, 8)}`;
  return {
    ...process.env,
    HAZELCAST_RUNTIME: runtime,
    FACADE_PORT: String(base),
    LOGGER_BASE_PORT: String(base),
    MESSAGES_PORT: String(base + 4),
    MEMBER_BASE_PORT: String(base + 4),
    MEMBER_HEAP: '256m',
    MEMBER_PREFIX: `${name}-`,
    NETWORK: name,
    RUN_DIR: join(tmpdir(), name),
    DURABLE: '0',
    DATA_DIR: join(tmpdir(), `${name}-data`),
    LOG_FORMAT: 'json',
  };
}

/** Where an isolatedEnvironment has its ports, counted from the first one; the ninth is free for one service more. */
export const PORT_OFFSETS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 25, 26, 27];

async function freePorts(): Promise<number> {
  const isFree = async (port: number) => {
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    return free;
  };
  for (;;) {
    // Below the ports that the system hands out to clients.
    const base = 10_000 + 30 * Math.floor(660 * Math.random());
    const free = await Promise.all(PORT_OFFSETS.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

/** The system that a launch script starts with an environment, whether it has started it yet or not. */
export function systemAt(env: NodeJS.ProcessEnv): SystemAt {
  const base = Number(env.FACADE_PORT);
  const loggerUrl = (n: number) => `http://127.0.0.1:${base + n}`;
  const health = async (n: number) => (await (await fetch(`${loggerUrl(n)}/health/ready`)).json()) as Health;
  return {
    env,
    url: `http://127.0.0.1:${base}`,
    messagesUrl: `http://127.0.0.1:${env.MESSAGES_PORT}`,
    loggerUrl,
    memberAddress: (n) => `127.0.0.1:${base + 4 + n}`,
    memberHealthUrl: (n) => `http://127.0.0.1:${base + 24 + n}`,
    health,
    async member(action, n) {
      await run('bash', ['hazelcast/member.sh', action, String(n)], { cwd: ROOT, env });
    },
    async signalLogger(n, signal) {
      const { pid } = (await (await fetch(`${loggerUrl(n)}/health/live`)).json()) as { pid: number };
      process.kill(pid, signal);
    },
    async whole() {
      await until('three loggers ready, three members, safe', 60_000, async () => {
        const all = await Promise.all([1, 2, 3].map(health));
        return all.every(({ ready, cluster, safe }) => ready && cluster?.size === 3 && safe === true);
      });
    },
  };
}

interface LaunchOptions {
  /** What to use in place of an isolatedEnvironment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets all that is printed; only the end of it is then kept here. */
  readonly onOutput?: (text: string) => void;
  /** How long to wait until it is ready; 120 s if it is not said. */
  readonly readyWithinMs?: number;
  /** Called as soon as there is something to end, long before all is ready. */
  readonly onStart?: (process: ChildProcess) => void;
}

const KEPT_OUTPUT = 100_000;

/** Starts a system by a launch script and waits until it says that it is ready. */
export async function launch(
  script: 'launch.sh' | 'launch-base.sh' | 'proof/chaos/system/launch.sh',
  runtime: Runtime,
  options: LaunchOptions = {},
): Promise<Launched> {
  const env = options.env ?? (await isolatedEnvironment(runtime));
  let text = '';
  const collect = (child: ChildProcess) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (data: string) => {
        text += data;
        if (options.onOutput !== undefined) {
          options.onOutput(data);
          text = text.slice(-KEPT_OUTPUT);
        }
        if (process.env.TEST_LOG) appendFileSync(process.env.TEST_LOG, data); // for a test that fails
      });
    }
    return child;
  };
  const start = (...args: string[]) =>
    collect(spawn('bash', args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  const child = start(script);
  endWithThis(child);
  options.onStart?.(child);
  await until(`${script} is ready:\n${text}`, options.readyWithinMs ?? 120_000, async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new NeverError(`${script} ended`);
    return text.includes('Trilog is ready');
  }).catch((error) => {
    child.kill('SIGTERM');
    throw new Error(`${error}\n${text}`);
  });
  const loggers: ChildProcess[] = [];
  return {
    ...systemAt(env),
    process: child,
    output: () => text,
    startLogger(n) {
      loggers.push(start('launch-logger.sh', String(n)));
    },
    async stop() {
      for (const logger of loggers) logger.kill('SIGTERM');
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
