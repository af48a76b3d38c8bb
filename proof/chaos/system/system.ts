import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { isolatedEnvironment, type Launched, launch, type Runtime } from '../../../test/launched.ts';
import type { ContainerControl } from './container-control.ts';
import { createHealthChecks, type HealthChecks } from './health-checks.ts';
import { joinProxies } from './joined-proxies.ts';
import { createMemberControl, type MemberControl } from './member-control.ts';
import {
  type Control,
  FACADES,
  type Facade,
  isMember,
  LOGGERS,
  type Logger,
  numberOf,
  type Part,
  type Service,
} from './parts.ts';
import { openProxy, type SpoilingProxy } from './proxy.ts';
import type { SystemRuntime } from './runtime.ts';
import { createServiceControl, type ServiceControl } from './service-control.ts';

/** One of a system's facades, with a proxy before it, and others between it and the loggers. */
export interface Front {
  readonly facade: Facade;
  readonly callers: SpoilingProxy;
  readonly proxies: Readonly<Record<Logger, SpoilingProxy>>;
}

/** A system of its own, on free ports, with proxies before the loggers and the facades. */
export interface System extends Control<Part>, HealthChecks {
  readonly runtime: SystemRuntime;
  readonly env: NodeJS.ProcessEnv;
  /** The first facade's own address. */
  readonly url: string;
  readonly fronts: readonly Front[];
  /** Where the callers' proxies listen, before the facades; the URL is that of the first. */
  readonly callers: SpoilingProxy;
  /** What is between a logger and all facades. */
  readonly proxies: Readonly<Record<Logger, SpoilingProxy>>;
  readonly services: ServiceControl;
  readonly members: MemberControl;
  /** What can be done to parts that are containers, beyond that; undefined where not all of them are. */
  readonly networks?: Pick<ContainerControl, 'disconnect' | 'connect'>;
  /** Ends everything, what is frozen too. */
  stop(): Promise<void>;
}

/** What a system is started with. */
export interface SystemOptions {
  readonly runtime: Runtime;
  readonly env?: NodeJS.ProcessEnv;
  /** How many facades it has. */
  readonly facades: number;
  readonly onOutput: (text: string) => void;
  /** When it aborts, what has been started so far is ended. */
  readonly signal: AbortSignal;
}

/** Of the ports of an isolatedEnvironment, the one that nothing else has. */
const SECOND_FACADE_OFFSET = 8;

/** Starts a system, by the product's own functions; rejects if it does not become ready. */
export async function openSystem({
  runtime,
  env: further = {},
  facades,
  onOutput,
  signal,
}: SystemOptions): Promise<System> {
  const ports = await isolatedEnvironment(runtime);
  const portOf = (service: Service) => {
    if (service === 'facade') return Number(ports.FACADE_PORT);
    if (service === 'facade-2') return Number(ports.FACADE_PORT) + SECOND_FACADE_OFFSET;
    if (service === 'messages') return Number(ports.MESSAGES_PORT);
    return Number(ports.LOGGER_BASE_PORT) + numberOf(service);
  };
  const openFront = async (facade: Facade): Promise<Front> => {
    const before = (service: Service) => openProxy(portOf(service));
    const [one, two, three] = [await before('logger-1'), await before('logger-2'), await before('logger-3')];
    return {
      facade,
      callers: await before(facade),
      proxies: { 'logger-1': one, 'logger-2': two, 'logger-3': three },
    };
  };
  const first = await openFront('facade');
  const others = await Promise.all(FACADES.slice(1, facades).map(openFront));
  const join = (proxyOf: (front: Front) => SpoilingProxy) => joinProxies([proxyOf(first), ...others.map(proxyOf)]);
  const proxies = {
    'logger-1': join((front) => front.proxies['logger-1']),
    'logger-2': join((front) => front.proxies['logger-2']),
    'logger-3': join((front) => front.proxies['logger-3']),
  };
  const callers = join((front) => front.callers);
  const closeProxies = () => Promise.all([...Object.values(proxies), callers].map((proxy) => proxy.close()));
  const loggerUrls = (front: Front) => LOGGERS.map((logger) => front.proxies[logger].url).join();
  const env = {
    ...ports,
    MEMBER_HEAP: process.env.MEMBER_HEAP ?? '256m',
    // Lines for each message would be most of the output, and the requests are recorded by the callers.
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    LOGGER_URLS: loggerUrls(first),
    ...further,
  };
  const launched = await launchUnlessAborted({ runtime, env, onOutput, signal }).catch(async (error: unknown) => {
    await closeProxies();
    throw error;
  });
  const urlOf = (service: Service) => `http://127.0.0.1:${portOf(service)}`;
  const services = createServiceControl({
    envOf: (service) => {
      const front = others.find(({ facade }) => facade === service);
      return front === undefined
        ? env
        : { ...env, FACADE_PORT: String(portOf(service)), LOGGER_URLS: loggerUrls(front) };
    },
    urlOf,
    onOutput,
  });
  const members = createMemberControl(runtime, env);
  const operate =
    (action: 'kill' | 'terminate' | 'freeze' | 'resume' | 'start') =>
    (part: Part): Promise<void> =>
      isMember(part) ? members[action](part) : services[action](part);
  async function stop(): Promise<void> {
    await members.resumeAll();
    await services.endAll();
    await launched.stop();
    await rm(`${ports.DATA_DIR}`, { recursive: true, force: true });
    await closeProxies();
  }
  await Promise.all(others.map(({ facade }) => services.start(facade))).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    runtime,
    env,
    url: urlOf('facade'),
    fronts: [first, ...others],
    callers,
    proxies,
    services,
    members,
    kill: operate('kill'),
    terminate: operate('terminate'),
    freeze: operate('freeze'),
    resume: operate('resume'),
    start: operate('start'),
    ...createHealthChecks(urlOf, (member) => launched.memberHealthUrl(numberOf(member)), FACADES.slice(0, facades)),
    stop,
  };
}

/** Launches; a signal in the meantime ends what has been started, and then this rejects. */
async function launchUnlessAborted({
  runtime,
  env,
  onOutput,
  signal,
}: Required<Omit<SystemOptions, 'facades'>>): Promise<Launched> {
  let child: ChildProcess | undefined;
  const end = () => child?.kill('SIGTERM');
  signal.addEventListener('abort', end);
  try {
    return await launch('proof/chaos/system/launch.sh', runtime, {
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
