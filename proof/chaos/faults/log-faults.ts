import { closeSync, existsSync, openSync, rmSync, symlinkSync } from 'node:fs';
import type { Check } from '../history/history.ts';
import { mustHappen } from '../system/fault-error.ts';
import { LOGGERS, MEMBERS, type Service } from '../system/parts.ts';
import type { Fault, Stage } from './fault.ts';

/** Every write to it fails as on a disk that is full. */
const FULL_DISK = '/dev/full';
const HOLD_MS = 6_000;

/** A logger, the facade and, if it is a plain process, a member go on although nothing they log can be written. */
async function fillDisk(stage: Stage): Promise<void> {
  const { system, random, say, injected, healed, hold, note } = stage;
  const logger = random.pick(LOGGERS);
  const member = random.pick(MEMBERS);
  const services = [logger, 'facade'] as const;
  const isLogged = system.runtime === 'jvm';
  const log = `${system.env.RUN_DIR}/${member}.log`;
  say([...services, ...(isLogged ? [member] : [])].join(', '));
  injected();
  for (const service of services) {
    await system.terminate(service);
    note(await startWithoutLog(stage, service));
  }
  if (isLogged) {
    await system.terminate(member);
    rmSync(log, { force: true });
    symlinkSync(FULL_DISK, log);
    await system.start(member);
  }
  const takenBefore = system.proxies[logger].countOf('/database/batch');
  await hold(HOLD_MS);
  const taken = system.proxies[logger].countOf('/database/batch') - takenBefore;
  note(...(await Promise.all(services.map((service) => livesCheck(stage, service)))));
  const what = `${logger} takes messages while its log cannot be written`;
  note({ what, held: taken > 0, found: `${taken} batches` });
  healed();
  if (isLogged) {
    await system.terminate(member);
    rmSync(log, { force: true });
    await system.start(member);
  }
  for (const service of services) {
    if ((await livesCheck(stage, service)).held) await system.terminate(service);
    await system.start(service);
  }
  mustHappen(!isLogged || existsSync(log), `${member} has no log again`);
}

async function startWithoutLog({ system }: Stage, service: Service): Promise<Check> {
  const full = openSync(FULL_DISK, 'w');
  const found = await system.services.start(service, { outputFd: full, env: { LOG_LEVEL: 'info' } }).then(
    () => 'it answers',
    (error: Error) => error.message,
  );
  closeSync(full);
  return { what: `${service} starts while its log cannot be written`, held: found === 'it answers', found };
}

async function livesCheck({ system }: Stage, service: Service): Promise<Check> {
  const found = await system.services.live(service).then(
    ({ pid }) => `pid ${pid} answers`,
    (error: Error) => `it does not answer: ${error.message}`,
  );
  return { what: `${service} lives while its log cannot be written`, held: found.startsWith('pid'), found };
}

export const LOG_FAULTS: readonly Fault[] = [
  {
    name: 'full-disk-logs',
    summary: 'a logger, the facade and a member cannot write their logs: the disk is full',
    bars: {},
    impossible: async () => (existsSync(FULL_DISK) ? undefined : `there is no ${FULL_DISK}`),
    run: fillDisk,
  },
];
