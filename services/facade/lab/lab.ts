import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Problem } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import { createHttpClient } from '../http-client.ts';

export const LAB_ACTIONS = ['kill', 'freeze', 'resume', 'start'] as const;
export type LabAction = (typeof LAB_ACTIONS)[number];

/** What can be done to the parts of a system, to see what it bears (LAB=1). */
export interface Lab {
  /** Each order has to carry it: no other website knows it. */
  readonly token: string;
  /** The loggers and members there are. */
  readonly parts: readonly string[];
  /** Begins to do something to a logger or a member, `logger-2` for example; gives the same as a command. */
  act(part: string, action: LabAction): Promise<string>;
  /** What is under way, what is frozen by this lab, and what failed, by the parts' names. */
  status(): {
    readonly busy: Record<string, LabAction>;
    readonly frozen: readonly string[];
    readonly failed: Record<string, string>;
  };
  /** Ends what it has started, except members: those belong to the launch. */
  close(): Promise<void>;
}

interface Options {
  readonly token: string;
  /** The folder of the launch scripts. */
  readonly root: string;
  readonly loggers: readonly { readonly name: string; readonly url: string }[];
  readonly members: readonly string[];
  readonly log: Log;
}

const SIGNALS = { kill: 'SIGKILL', freeze: 'SIGSTOP', resume: 'SIGCONT' } as const;
const LIVE_TIMEOUT_MS = 500;
const SCRIPT_TIMEOUT_MS = 180_000;
const CLOSE_MS = 3_000;
const run = promisify(execFile);

/** Creates the lab of a system that was started by the launch scripts, on this machine. */
export function createLab({ token, root, loggers, members, log }: Options): Lab {
  const busy: Record<string, LabAction> = {};
  const failed: Record<string, string> = {};
  const frozen = new Set<string>();
  const pids = new Map<string, number>();
  const children = new Set<ChildProcess>();
  const clients = new Map(loggers.map(({ name, url }) => [name, createHttpClient(url)]));

  /** Asks a logger for its pid; one that is frozen cannot say, so it is remembered. */
  async function pidOf(name: string): Promise<number> {
    try {
      const signal = AbortSignal.timeout(LIVE_TIMEOUT_MS);
      const answer = await clients.get(name)?.get<string>('/health/live', { signal });
      if (answer !== undefined) pids.set(name, Number(JSON.parse(answer.data).pid));
    } catch {
      // It is gone or frozen: its remembered pid tells which.
    }
    const pid = pids.get(name);
    // Pids are used again: check first what runs under this one now.
    if (pid === undefined || !(await commandOf(pid)).endsWith(`services/logger/main.js ${name}`))
      throw new Problem('not-possible', `${name} does not run, or does not say its pid.`);
    return pid;
  }

  function keep(child: ChildProcess): ChildProcess {
    children.add(child);
    child.once('exit', () => children.delete(child));
    child.once('error', () => children.delete(child)); // it could not be started
    return child;
  }

  /** A logger lives as long as this facade, in its process group, and is ended by the launch's end as well. */
  function startLogger(name: string): void {
    const child = keep(
      spawn('bash', ['launch-logger.sh', numberOf(name)], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }),
    );
    log.info(`starts ${name}, pid ${child.pid}: its lines stand among the facade's`);
    child.once('error', ({ message }) => {
      failed[name] = message;
    });
    child.once('exit', (code) => {
      if (code !== null && code !== 0) failed[name] = `launch-logger.sh ended with ${code}`;
    });
  }

  async function runScript(part: string, args: readonly string[]): Promise<void> {
    const running = run('bash', args, { cwd: root, timeout: SCRIPT_TIMEOUT_MS });
    keep(running.child);
    await running.catch(({ stderr }: { stderr?: string }) => {
      failed[part] = stderr?.trim().split('\n').at(-1)?.slice(0, 200) || `${args.join(' ')} failed`;
      throw new Problem('not-possible', failed[part]);
    });
  }

  async function actOnLogger(name: string, action: LabAction): Promise<void> {
    if (action === 'start') return startLogger(name);
    process.kill(await pidOf(name), SIGNALS[action]);
  }

  return {
    token,
    parts: [...clients.keys(), ...members],
    async act(part, action) {
      const isLogger = part.startsWith('logger-');
      const command = commandFor(part, action);
      if (busy[part] !== undefined) throw new Problem('not-possible', `${part}: ${busy[part]} is still under way.`);
      busy[part] = action;
      delete failed[part];
      log.warn(`lab: ${action} ${part}`);
      const done = (
        isLogger ? actOnLogger(part, action) : runScript(part, ['hazelcast/member.sh', action, numberOf(part)])
      )
        .then(() => {
          if (action === 'freeze') frozen.add(part);
          else frozen.delete(part);
        })
        .finally(() => {
          delete busy[part];
        });
      // A member takes many seconds to start: the page sees when it is there.
      if (action === 'start') done.catch(() => {});
      else await done;
      return command;
    },
    status: () => ({ busy: { ...busy }, frozen: [...frozen], failed: { ...failed } }),
    async close() {
      const ends = [...children].map((child) => once(child, 'exit'));
      for (const child of children) {
        child.kill('SIGCONT');
        child.kill('SIGTERM');
      }
      const allEnded = new AbortController();
      void Promise.allSettled(ends).then(() => allEnded.abort());
      await pauseUntil([allEnded.signal], CLOSE_MS);
    },
  };
}

function numberOf(part: string): string {
  return part.slice(part.indexOf('-') + 1);
}

/** The same, for a terminal. */
function commandFor(part: string, action: LabAction): string {
  if (part.startsWith('member-')) return `bash hazelcast/member.sh ${action} ${numberOf(part)}`;
  if (action === 'start') return `bash launch-logger.sh ${numberOf(part)}`;
  return `kill -${SIGNALS[action].slice(3)} "$(pgrep -f 'services/logger/main.js ${part}$')"`;
}

async function commandOf(pid: number): Promise<string> {
  return run('ps', ['-ww', '-p', String(pid), '-o', 'command=']).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}

/** Checks the name of a part, which is one of `parts`, and of what is to be done to it. */
export function parseOrder(
  { part, action }: Readonly<Record<string, unknown>>,
  parts: readonly string[],
): { part: string; action: LabAction } {
  const known = parts.find((one) => one === part);
  const possible = LAB_ACTIONS.find((one) => one === action);
  if (known === undefined || possible === undefined)
    throw new Problem('malformed', `Name a part (${parts.join(', ')}) and one of: ${LAB_ACTIONS.join(', ')}.`);
  return { part: known, action: possible };
}
