import type { Log } from '../../services/shared/observing/log.ts';
import { createRandom, type Random } from '../random.ts';
import { createCluster, type ModelledCluster } from './cluster/cluster.ts';
import type { ClusterContext } from './cluster/member.ts';
import type { Defect } from './defect.ts';
import { type FacadeProcess, openFacade } from './facade-process.ts';
import { createHttp, type Http } from './http-model.ts';
import { type LoggerProcess, openLogger } from './logger-process.ts';
import { createModelledDisks } from './modelled-disks.ts';
import { FACADES, LOGGERS, MEMBERS, memberOf } from './names.ts';
import { createNetwork, type Network } from './network.ts';
import { createProcess, type VirtualClock, type VirtualProcess } from './virtual-clock.ts';

/** A whole system on virtual time, and the hands that break it. */
export interface World {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly http: Http;
  readonly cluster: ModelledCluster;
  readonly tell: (what: () => string) => void;
  /** Has somebody outside do something later. */
  later(ms: number, act: () => void): void;
  loggerOf(name: string): LoggerProcess;
  facadeOf(name: string): FacadeProcess;
  /** Kills a member, unless it is the only one that has something. */
  killMember(name: string): void;
  killLogger(name: string): void;
  startLogger(name: string): void;
  freezeLogger(name: string): void;
  resumeLogger(name: string): void;
  /** What the loggers have on disk, and have not synced, may be gone. */
  cutPower(): void;
  killFacade(name: string): void;
  startFacade(name: string): void;
  /** Whether all members are in one cluster, and all loggers ready. */
  isWell(): boolean;
}

interface Options {
  readonly clock: VirtualClock;
  readonly seed: number;
  /** Whether lists of members may come late. */
  readonly withOpen: boolean;
  readonly defect: Defect;
  /** Whether loggers keep messages on disk. */
  readonly isDurable: boolean;
  readonly log: (name: string) => Log;
  readonly tell: (what: () => string) => void;
  /** What must not be lost. */
  readonly owed: () => Iterable<string>;
}

/** Creates the system: three members, three loggers and two facades. */
export function createWorld({ clock, seed, withOpen, defect, isDurable, log, tell, owed }: Options): World {
  const randomOf = (n: number): Random => createRandom(Math.imul(seed, 31) + n);
  const random = randomOf(1);
  const weather = { latePart: random.pick([0, 0.01, 0.05, 0.2]), lateMs: random.pick([5, 40, 200]) };
  const network = createNetwork(clock, randomOf(2), weather);
  const http = createHttp(clock, network);
  let uuids = 0;
  const context: ClusterContext = {
    clock,
    network,
    random: randomOf(3),
    names: MEMBERS,
    backupCount: defect.backupCount,
    lateViewMs: random.pick(withOpen ? [1, 100, 500] : [1, 5]),
    mergeGapMs: random.pick([5, 50, 200]),
    members: new Map(),
    tell,
    // Their order is random, as it decides who merges into whom.
    newUuid: (name) => `${Math.floor(1e6 * context.random.next())}-${name}-${++uuids}`,
  };
  const cluster = createCluster(context, { hasToJoin: random.next() < 0.7 });
  const disks = isDurable ? createModelledDisks(randomOf(4), defect) : undefined;
  const newId = () => `filling ${++uuids}`;
  const loggers = new Map<string, LoggerProcess>();
  const facades = new Map<string, FacadeProcess>();
  cluster.onKilled((member) => {
    for (const { client } of loggers.values()) client.memberKilled(member);
  });

  /** Has a process begin; what it does, it does itself. */
  function beginIn(vp: VirtualProcess, begin: () => void): void {
    clock.after(0, vp, begin);
  }

  function startLogger(name: string): void {
    if (loggers.get(name)?.vp.state === 'running') return;
    const vp = createProcess(name, name);
    const member = memberOf(name);
    const options = { context, name, member, vp, log: log(name), defect, disks, newId };
    beginIn(vp, () => void openLogger(options).then((logger) => loggers.set(name, logger)));
  }
  const loggerOf = (name: string) => loggers.get(name) as LoggerProcess;
  const outside = createProcess('outside', 'outside');
  const facadeRandoms = new Map(FACADES.map((name, at) => [name as string, randomOf(10 + at)]));
  function startFacade(name: string): void {
    if (facades.get(name)?.vp.state === 'running') return;
    const vp = createProcess(name, name, name === 'facade-2' ? random.integer(-200, 200) : 0);
    const own = { random: facadeRandoms.get(name) ?? random, log: log(name) };
    beginIn(vp, () => facades.set(name, openFacade({ name, vp, loggers: LOGGERS, loggerOf, http, defect, ...own })));
  }
  const facadeOf = (name: string) => facades.get(name) as FacadeProcess;

  function kill({ name, vp }: { readonly name: string; readonly vp: VirtualProcess }): void {
    tell(() => `${name} is killed`);
    clock.kill(vp);
    http.died(vp);
  }

  for (const name of LOGGERS) startLogger(name);
  for (const name of FACADES) startFacade(name);
  return {
    clock,
    network,
    http,
    cluster,
    tell,
    later: (ms, act) => void clock.after(ms, outside, act),
    loggerOf,
    facadeOf,
    killMember(name) {
      if (defect.backupCount < 2 || cluster.canSpare(name, owed())) cluster.kill(name);
      else tell(() => `${name} is not killed: no other one has all that it has`);
    },
    killLogger: (name) => kill(loggerOf(name)),
    startLogger(name) {
      tell(() => `${name} starts`);
      startLogger(name);
    },
    freezeLogger(name) {
      tell(() => `${name} is frozen`);
      clock.freeze(loggerOf(name).vp);
    },
    resumeLogger(name) {
      tell(() => `${name} wakes`);
      clock.thaw(loggerOf(name).vp);
    },
    cutPower: () => disks?.cutPower(),
    killFacade: (name) => kill(facadeOf(name)),
    startFacade(name) {
      tell(() => `${name} starts`);
      startFacade(name);
    },
    isWell() {
      const members = [...cluster.members.values()];
      const isWhole = members.every(({ phase, view, vp }) => {
        return vp.state === 'running' && phase === 'joined' && view.length === members.length;
      });
      return isWhole && FACADES.every((name) => facadeOf(name).isWell());
    },
  };
}
