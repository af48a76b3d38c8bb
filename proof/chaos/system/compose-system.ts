import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { isolatedEnvironment, ROOT } from '../../../test/launched.ts';
import { createContainerControl, docker } from './container-control.ts';
import { mustHappen } from './fault-error.ts';
import { createHealthChecks } from './health-checks.ts';
import { isMember, MEMBERS, type Member, numberOf, type Part, type Service } from './parts.ts';
import { holdsWithin } from './process-control.ts';
import { openProxy } from './proxy.ts';
import type { System, SystemOptions } from './system.ts';

const run = promisify(execFile);
const FILES = ['-f', 'deploy/compose.yaml', '-f', 'proof/chaos/system/compose.yaml'];
const UP_MS = 600_000;
const DOWN_MS = 120_000;
/** A member that starts has to join, and to get its copies. */
const MEMBER_START_MS = 90_000;
const SERVICE_START_MS = 30_000;
const ASK_MS = 1_000;

/** What a member says of itself and its cluster. */
interface MemberHealth {
  readonly nodeState: string;
  readonly clusterSafe: boolean;
  readonly clusterSize: number;
}

/**
 * Starts a system by deploy/compose.yaml, with names and ports of its own; rejects if it does not become ready. Nothing of the
 * instrument is between facade and loggers: no answer passes its proxies but those of the facade.
 */
export async function openComposeSystem(options: Omit<SystemOptions, 'runtime'>): Promise<System> {
  const env = await composeEnvironment(options.env);
  const { onOutput, signal } = options;
  const nameOf = (part: Part) =>
    isMember(part) ? `${env.MEMBER_PREFIX}${numberOf(part)}` : `${env.SERVICE_PREFIX}${part}`;
  const portOf = (service: Service) => {
    if (service === 'messages') return Number(env.MESSAGES_PORT);
    return Number(env.FACADE_PORT) + (service.startsWith('logger-') ? Number(service.slice(-1)) : 0);
  };
  const urlOf = (service: Service) => `http://127.0.0.1:${portOf(service)}`;
  const compose = (...args: string[]) => ['compose', ...FILES, ...args];
  const down = () =>
    run('docker', compose('down', '--volumes', '--timeout', '5'), { cwd: ROOT, env, timeout: DOWN_MS });
  try {
    const up = compose('up', '--build', '--quiet-pull', '--wait');
    await run('docker', up, { cwd: ROOT, env, signal, timeout: UP_MS, maxBuffer: 2 ** 26 });
  } catch (error) {
    await down();
    throw error;
  }
  const logs = spawn('docker', compose('logs', '--follow', '--no-color'), { cwd: ROOT, env });
  for (const stream of [logs.stdout, logs.stderr]) stream.setEncoding('utf8').on('data', onOutput);

  async function memberHealth(member: Member): Promise<MemberHealth> {
    const url = 'http://127.0.0.1:5721/hazelcast/health';
    return JSON.parse(await docker('exec', nameOf(member), 'curl', '--silent', '--max-time', '2', url)) as MemberHealth;
  }
  const isJoined = async (member: Member) => {
    const { nodeState, clusterSafe, clusterSize } = await memberHealth(member);
    return nodeState === 'ACTIVE' && clusterSafe && clusterSize > 1;
  };
  async function live(service: Service) {
    const response = await fetch(`${urlOf(service)}/health/live`, { signal: AbortSignal.timeout(2_000) });
    return { pid: ((await response.json()) as { pid: number }).pid, date: response.headers.get('date') ?? '' };
  }
  async function started(part: Part): Promise<void> {
    const answers = isMember(part)
      ? await holdsWithin(MEMBER_START_MS, () => isJoined(part).catch(() => false), ASK_MS)
      : await holdsWithin(SERVICE_START_MS, () => live(part).then(Boolean, () => false));
    mustHappen(answers, `${part} does not answer after docker start`);
  }
  const control = createContainerControl({ nameOf, started });
  const before = (service: Service) => openProxy(portOf(service));
  const [callers, one, two, three] = await Promise.all([
    before('facade'),
    before('logger-1'),
    before('logger-2'),
    before('logger-3'),
  ]);
  const proxies = { 'logger-1': one, 'logger-2': two, 'logger-3': three };
  const checks = createHealthChecks(urlOf, () => '', ['facade']);
  const areMembersWhole = async () => (await Promise.all(MEMBERS.map(memberHealth))).every(isWhole);
  return {
    runtime: 'compose',
    env,
    url: urlOf('facade'),
    fronts: [{ facade: 'facade', callers, proxies }],
    callers,
    proxies,
    ...control,
    services: { ...control, live, resumeAll: async () => {}, endAll: async () => {} },
    members: { ...control, resumeAll: control.mendAll },
    networks: control,
    ...checks,
    membersWholeWithin: (timeoutMs) => holdsWithin(timeoutMs, () => areMembersWhole().catch(() => false), ASK_MS),
    async stop() {
      await control.mendAll();
      logs.kill('SIGTERM');
      if (logs.exitCode === null && logs.signalCode === null) await once(logs, 'exit');
      await down();
      await Promise.all([callers, one, two, three].map((proxy) => proxy.close()));
    },
  };
}

function isWhole({ nodeState, clusterSafe, clusterSize }: MemberHealth): boolean {
  return nodeState === 'ACTIVE' && clusterSafe && clusterSize === MEMBERS.length;
}

async function composeEnvironment(further: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  const ports = await isolatedEnvironment('docker');
  return {
    ...ports,
    COMPOSE_PROJECT_NAME: String(ports.NETWORK),
    SERVICE_PREFIX: ports.MEMBER_PREFIX,
    TRILOG_IMAGE: 'trilog-chaos',
    LOGGER_1_PORT: String(Number(ports.FACADE_PORT) + 1),
    LOGGER_2_PORT: String(Number(ports.FACADE_PORT) + 2),
    LOGGER_3_PORT: String(Number(ports.FACADE_PORT) + 3),
    MEMBER_MEMORY: '640m',
    MAX_STORED_BYTES: '93952409',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    ...further,
  };
}
