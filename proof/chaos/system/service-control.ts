import { type ChildProcess, spawn } from 'node:child_process';
import { ROOT } from '../../../test/launched.ts';
import { mustHappen } from './fault-error.ts';
import { type Control, isFacade, type Service } from './parts.ts';
import { endProcess, freezeProcess, holdsWithin, resumeProcess } from './process-control.ts';

/** Much, as many may be started at once on a busy machine. */
const START_MS = 60_000;

/** How a service is started, beyond what a launch does. */
export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** A file that gets its output. */
  readonly outputFd?: number;
}

export interface ServiceControl extends Control<Service> {
  start(service: Service, options?: StartOptions): Promise<void>;
  /** What a service says of itself, by its real port; throws if it does not answer. */
  live(service: Service): Promise<{ readonly pid: number; readonly date: string }>;
  /** The pid of a service; throws if it does not answer. */
  pidOf(service: Service): Promise<number>;
  /** Lets every frozen service go on. */
  resumeAll(): Promise<void>;
  /** Ends what was started here. */
  endAll(): Promise<void>;
}

interface Options {
  readonly envOf: (service: Service) => NodeJS.ProcessEnv;
  readonly urlOf: (service: Service) => string;
  readonly onOutput: (text: string) => void;
}

/** Creates the control of the services of a launch that is running. */
export function createServiceControl({ envOf, urlOf, onOutput }: Options): ServiceControl {
  const children = new Set<ChildProcess>();
  /** A frozen service cannot be asked for its pid. */
  const frozen = new Map<Service, number>();
  const lastPid = new Map<Service, number>();

  async function live(service: Service) {
    const response = await fetch(`${urlOf(service)}/health/live`, { signal: AbortSignal.timeout(2_000) });
    const { pid } = (await response.json()) as { pid: number };
    return { pid, date: response.headers.get('date') ?? '' };
  }
  async function pidOf(service: Service): Promise<number> {
    const pid = frozen.get(service) ?? (await live(service).catch(() => undefined))?.pid;
    mustHappen(pid !== undefined, `${service} did not answer before it was hit`);
    lastPid.set(service, Number(pid));
    return Number(pid);
  }
  const end = async (service: Service, signal: 'SIGKILL' | 'SIGTERM') => endProcess(await pidOf(service), signal);

  async function resumeAll(): Promise<void> {
    for (const pid of frozen.values()) await resumeProcess(pid).catch(() => {});
    frozen.clear();
  }

  return {
    live,
    pidOf,
    resumeAll,
    kill: (service) => end(service, 'SIGKILL'),
    terminate: (service) => end(service, 'SIGTERM'),
    async freeze(service) {
      const pid = await pidOf(service);
      frozen.set(service, pid);
      await freezeProcess(pid);
    },
    async resume(service) {
      const pid = await pidOf(service);
      await resumeProcess(pid);
      frozen.delete(service);
      const answers = await holdsWithin(10_000, async () => (await live(service).catch(() => undefined))?.pid === pid);
      mustHappen(answers, `${service} does not answer after it was resumed`);
    },
    async start(service, options = {}) {
      const script = service.startsWith('logger-') ? ['launch-logger.sh', service.slice(-1)] : START_SCRIPT(service);
      const output = options.outputFd ?? 'pipe';
      const child = spawn('bash', script, {
        cwd: ROOT,
        env: { ...envOf(service), ...options.env },
        stdio: ['ignore', output, output],
      });
      children.add(child);
      child.once('exit', () => children.delete(child));
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput);
      const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
      let answers = false;
      await holdsWithin(START_MS, async () => {
        const pid = (await live(service).catch(() => undefined))?.pid;
        answers = pid !== undefined && pid !== lastPid.get(service);
        return answers || hasEnded();
      });
      // It would keep the port from the next one.
      if (!answers) child.kill('SIGKILL');
      mustHappen(answers, `${service} does not answer after it was started again`);
    },
    async endAll() {
      await resumeAll();
      const ends = [...children].map(({ pid }) => endProcess(Number(pid), 'SIGTERM').catch(() => {}));
      await Promise.all(ends);
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

const START_SCRIPT = (service: Service) => [
  'proof/chaos/system/start-service.sh',
  isFacade(service) ? 'facade' : service,
];
