import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { isolatedEnvironment, type Launched, launch, type Runtime } from '../launched.ts';
import { createHealthChecks, type HealthChecks } from './health-checks.ts';
import { createMemberControl, type MemberControl } from './member-control.ts';
import { type Control, isMember, LOGGERS, type Logger, numberOf, type Part, type Service } from './parts.ts';
import { openProxy, type SpoilingProxy } from './proxy.ts';
import { createServiceControl, type ServiceControl } from './service-control.ts';

/** A system of its own, on free ports, with a proxy before each logger and one before the facade. */
export interface System extends Control<Part>, HealthChecks {
  readonly runtime: Runtime;
  readonly env: NodeJS.ProcessEnv;
  /** The facade's own address. */
  readonly url: string;
  /** Where the callers' proxy listens, before the facade. */
  readonly callers: SpoilingProxy;
  readonly proxies: Readonly<Record<Logger, SpoilingProxy>>;
  readonly services: ServiceControl;
  readonly members: MemberControl;
  /** Ends everything, what is frozen too. */
  stop(): Promise<void>;
}

interface Options {
  readonly runtime: Runtime;
  readonly env?: NodeJS.ProcessEnv;
  readonly onOutput: (text: string) => void;
  /** When it aborts, what has been started so far is ended. */
  readonly signal: AbortSignal;
}

/** Starts a system, by the product's own functions; rejects if it does not become ready. */
export async function openSystem({ runtime, env: further = {}, onOutput, signal }: Options): Promise<System> {
  const ports = await isolatedEnvironment(runtime);
  const portOf = (service: Service) => {
    if (service === 'facade') return Number(ports.FACADE_PORT);
    if (service === 'messages') return Number(ports.MESSAGES_PORT);
    return Number(ports.LOGGER_BASE_PORT) + numberOf(service);
  };
  const [one, two, three, callers] = await Promise.all(
    ([...LOGGERS, 'facade'] as const).map((service) => openProxy(portOf(service))),
  );
  if (!one || !two || !three || !callers) throw new Error('unreachable: four proxies were opened');
  const open = [one, two, three, callers];
  const env = {
    ...ports,
    MEMBER_HEAP: process.env.MEMBER_HEAP ?? '256m',
    // Lines for each message would be most of the output, and the requests are recorded by the callers.
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    LOGGER_URLS: [one, two, three].map(({ url }) => url).join(),
    ...further,
  };
  const launched = await launchUnlessAborted({ runtime, env, onOutput, signal }).catch(async (error: unknown) => {
    await Promise.all(open.map((proxy) => proxy.close()));
    throw error;
  });
  const urlOf = (service: Service) => `http://127.0.0.1:${portOf(service)}`;
  const services = createServiceControl({ env, urlOf, onOutput });
  const members = createMemberControl(runtime, env);
  const operate =
    (action: 'kill' | 'terminate' | 'freeze' | 'resume' | 'start') =>
    (part: Part): Promise<void> =>
      isMember(part) ? members[action](part) : services[action](part);
  return {
    runtime,
    env,
    url: urlOf('facade'),
    callers,
    proxies: { 'logger-1': one, 'logger-2': two, 'logger-3': three },
    services,
    members,
    kill: operate('kill'),
    terminate: operate('terminate'),
    freeze: operate('freeze'),
    resume: operate('resume'),
    start: operate('start'),
    ...createHealthChecks(urlOf, (member) => launched.memberHealthUrl(numberOf(member))),
    async stop() {
      await members.resumeAll();
      await services.endAll();
      await launched.stop();
      await Promise.all(open.map((proxy) => proxy.close()));
    },
  };
}

/** Launches; a signal in the meantime ends what has been started, and then this rejects. */
async function launchUnlessAborted({ runtime, env, onOutput, signal }: Required<Options>): Promise<Launched> {
  let child: ChildProcess | undefined;
  const end = () => child?.kill('SIGTERM');
  signal.addEventListener('abort', end);
  try {
    return await launch('test/chaos/launch.sh', runtime, {
      env,
      onOutput,
      readyWithinMs: 600_000, // the first one may have to fetch Hazelcast
      onStart(started) {
        child = started;
        if (signal.aborted) end();
      },
    });
  } catch (error) {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}
