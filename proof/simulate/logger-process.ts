import { durableStore } from '../../services/logger/durable/durable-store.ts';
import { openReplay } from '../../services/logger/durable/replay.ts';
import { createStatus, type LoggerStatus, noQuorum } from '../../services/logger/logger-status.ts';
import { createMapWriter } from '../../services/logger/map-writer.ts';
import type { MessageStore, StoreOutcome } from '../../services/logger/message-store.ts';
import { createClusterAccess } from '../../services/logger/quorum/cluster-access.ts';
import type { Liveness } from '../../services/logger/quorum/liveness.ts';
import { countedStore } from '../../services/logger/quorum/quorum-store.ts';
import { openQuorum } from '../../services/logger/quorum/quorum-watch.ts';
import { createVoterNote } from '../../services/logger/quorum/voter-note.ts';
import { linesAhead } from '../../services/logger/read-messages.ts';
import type { Message, ReadRange } from '../../services/shared/message/message.ts';
import type { Log } from '../../services/shared/observing/log.ts';
import { type ModelledClient, openClient } from './cluster/client.ts';
import type { ClusterContext } from './cluster/member.ts';
import type { Defect } from './defect.ts';
import type { ModelledDisks } from './modelled-disks.ts';
import type { VirtualProcess } from './virtual-clock.ts';

/** One process of a logger. */
export interface LoggerProcess {
  readonly name: string;
  readonly vp: VirtualProcess;
  readonly client: ModelledClient;
  store(messages: readonly Message[]): Promise<StoreOutcome[]>;
  read(range: ReadRange, signal: AbortSignal): AsyncGenerator<Buffer>;
  health(): Promise<LoggerStatus>;
}

interface Options {
  readonly context: ClusterContext;
  readonly name: string;
  /** The name of its member. */
  readonly member: string;
  readonly vp: VirtualProcess;
  readonly log: Log;
  readonly defect: Defect;
  /** Undefined: nothing is kept on disk. */
  readonly disks: ModelledDisks | undefined;
  readonly newId: () => string;
}

const SILENT_MS = 500;
const PROBE_MS = 0.3;

/** Opens a logger as openLoggerParts does, layer on layer, on a modelled member; it is the current process that runs it. */
export async function openLogger(options: Options): Promise<LoggerProcess> {
  const { context, name, member, vp, log, defect } = options;
  const opened = await options.disks?.open(name);
  const disk = opened && defect.disk(opened);
  const client = openClient(context, member, vp);
  const { sessions, askSafe } = client;
  const cluster = defect.cluster(createClusterAccess(sessions, askSafe));
  const quorum = defect.quorum(
    openQuorum({
      cluster,
      configured: defect.configured(context.names),
      mayLive: defect.liveness(createModelledLiveness(context, vp), context),
      log,
      now: defect.now,
    }),
  );
  const onMap = createModelledStore(client);
  const replay =
    disk &&
    defect.replay(
      openReplay({
        ...{ disk, log, newId: options.newId },
        quorum: { ...quorum, ...createVoterNote(quorum, cluster) },
        restored: countedStore({ ...onMap, store: createMapWriter(sessions.current).restore }, quorum).store,
        stored: countedStore(onMap, quorum).store,
        onFilled: () => {},
      }),
      quorum,
    );
  const standing = replay?.standing ?? quorum.standing;
  const counted = countedStore(onMap, { ...quorum, standing });
  const store = defect.store(
    disk === undefined ? counted : durableStore(counted, { disk, mayStore: () => quorum.placed().then(standing) }),
  );
  const objection = () => noQuorum(quorum.objection()) ?? disk?.objection() ?? replay?.objection();
  const status = createStatus({ sessions, objection, askSafe, memberAddress: member });
  return {
    name,
    vp,
    client,
    store: (messages) => store.store(messages),
    read: (range, signal) => linesAhead(store.read(range, signal)),
    health: () => status({ withSafety: false }),
  };
}

/** The store on the map as it is; only that it reads all at once. */
function createModelledStore({ sessions, readAll }: ModelledClient): MessageStore {
  return {
    store: createMapWriter(sessions.current).store,
    async *read({ after = '', limit }, signal) {
      const messages = (await readAll(sessions.current())).filter(({ UUID }) => UUID > after);
      signal.throwIfAborted();
      if (messages.length > 0) yield messages.slice(0, limit);
    },
  };
}

/** What a connection to each member's port tells: refused only if its process is dead, or has not opened it yet. */
function createModelledLiveness({ clock, network, members }: ClusterContext, vp: VirtualProcess): Liveness {
  return (name) => {
    const member = members.get(name);
    const isSilent = member === undefined || network.isCut(vp.host, member.vp.host);
    return new Promise((resolve) => {
      // As it is when the packet comes there.
      const tell = () => resolve(isSilent || (member.isBound && member.vp.state !== 'dead'));
      clock.after(isSilent ? SILENT_MS : PROBE_MS, vp, tell);
    });
  };
}
