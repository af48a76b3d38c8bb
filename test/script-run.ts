import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { PORT_OFFSETS, ROOT } from './launched.ts';
import { endWithThis } from './script-end.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** A script of this project that runs in a process group of its own, as on a terminal. */
export interface ScriptRun {
  readonly pid: number;
  /** All that was printed so far. */
  output(): string;
  /** Waits until the script has printed a text; throws if it ends before. */
  prints(text: string): Promise<void>;
  /** Sends a signal to the foreground group, as a terminal does: SIGINT is Ctrl+C, SIGHUP that it is closed. */
  press(signal: NodeJS.Signals): void;
  /** Ends it, if it still runs. */
  end(): void;
  /** Its exit status, or the signal that ended it, and all that it printed. */
  readonly ended: Promise<{ readonly status: number | string; readonly output: string }>;
}

/** Starts a script. */
export function runScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv): ScriptRun {
  const child = spawn('bash', [script, ...args], { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid, stdout, stderr } = child;
  assert.ok(pid);
  endWithThis(child);
  let output = '';
  let over = false;
  for (const stream of [stdout, stderr]) {
    stream.setEncoding('utf8').on('data', (data: string) => {
      output += data;
    });
  }
  return {
    pid,
    output: () => output,
    async prints(text) {
      await until(`${script} prints ${text}`, 120_000, async () => over || output.includes(text));
      assert.ok(output.includes(text), `${script} did not print ${text}, but:\n${output}`);
    },
    press(signal) {
      if (!over) process.kill(-pid, signal); // else its number may be another's by now
      if (signal === 'SIGHUP') for (const stream of [stdout, stderr]) stream.destroy();
    },
    end() {
      if (!over) child.kill('SIGTERM');
    },
    ended: once(child, 'close').then(([code, signal]) => {
      over = true;
      return { status: code ?? signal, output };
    }),
  };
}

/** Whether anybody listens on a port. */
export async function answers(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect({ port, host });
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

/** The lines that a command prints; none if it fails. */
export async function lines(command: string, ...args: string[]): Promise<readonly string[]> {
  const { stdout } = await run(command, args).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter((line) => line.trim() !== '');
}

/** Every process that a script has started by now: its children and theirs, and all that name its run folder. */
async function processesOf({ pid }: ScriptRun, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const table = (await lines('ps', '-A', '-ww', '-o', 'pid=,ppid=,command=')).map((line) => {
    const [, id = '', parent = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)/.exec(line) ?? [];
    return { id, parent, command };
  });
  const found = new Set([String(pid)]);
  for (const { id, command } of table) if (command.includes(`${env.RUN_DIR}`)) found.add(id);
  // Again until nothing is added: a parent may stand after its child.
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { id, parent } of table) if (found.has(parent)) found.add(id);
  }
  return [...found];
}

/** What is there of a system in an isolatedEnvironment, in words; nothing, if all of it is gone. */
export async function remains(env: NodeJS.ProcessEnv, pids: readonly string[] = []): Promise<readonly string[]> {
  const ports = PORT_OFFSETS.map((offset) => Number(env.FACADE_PORT) + offset);
  const taken = await Promise.all(ports.map(async (port) => ((await answers(port)) ? [`port ${port}`] : [])));
  const processes =
    pids.length === 0 ? [] : await lines('ps', '-ww', '-o', 'stat=,pid=,command=', '-p', pids.join(','));
  const containers = ['ps', '--all', '--filter', `name=${env.MEMBER_PREFIX}`, '--format', 'container {{.Names}}'];
  const networks = ['network', 'ls', '--filter', `name=${env.NETWORK}`, '--format', 'network {{.Name}}'];
  return [
    ...(existsSync(`${env.RUN_DIR}`) ? ['the run folder'] : []),
    ...taken.flat(),
    ...processes.filter((line) => !line.trim().startsWith('Z')), // a zombie has ended; it is init that is late
    ...(await lines('docker', ...containers)),
    ...(await lines('docker', ...networks)),
  ];
}

const STATUSES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Ends a script by a signal, and checks that within 10 s nothing is left of what it started. */
export async function endsWithoutTrace(
  script: ScriptRun,
  env: NodeJS.ProcessEnv,
  signal: keyof typeof STATUSES,
  expectedStatus: number = STATUSES[signal],
): Promise<void> {
  const pids = await processesOf(script, env);
  const began = performance.now();
  script.press(signal);
  const { status } = await script.ended;
  assert.deepEqual(await remains(env, pids), []);
  assert.ok(performance.now() - began < 10_000, 'it took more than 10 s');
  assert.equal(status, expectedStatus);
}
