import { createRequire } from 'node:module';
import type { Client } from 'hazelcast-client';
import type { Seat } from './session.ts';

/** What a cluster lacks of what the promises need. */
export interface Shortcomings {
  /** Without these nothing can be promised: the logger stays away. */
  readonly fatal: readonly string[];
  /** What may be lost, or doubtful, in rare cases; or what could not be asked. */
  readonly doubts: readonly string[];
}

interface Options {
  /** The members that there can be, by name: each has to have a copy of the voters. */
  readonly configured: ReadonlyMap<string, unknown>;
  /** Those that the cluster has. One by another name would be waited for, and never be there. */
  readonly seats: readonly Seat[];
  /** Waits for a call to the member. */
  readonly call: <T>(promise: Promise<T>) => Promise<T>;
}

/** A message of the client protocol: frames, one after another. */
interface Frame {
  readonly content: Buffer;
  readonly next: Frame | null;
}

/** What is used of the client that its types do not show (hazelcast-client 5.6.0, pinned; the tests of the whole see it work). */
interface Insides {
  readonly connectionManager: { getConnectionRegistry(): { getRandomConnection(): object | null } };
  readonly invocationService: { invokeUrgent(invocation: object): Promise<{ readonly startFrame: Frame }> };
}

const require = createRequire(import.meta.url);
/** Its request is the name of a map and nothing else, as those that are sent here. */
const { MapSizeCodec: codec } = require('hazelcast-client/lib/codec/MapSizeCodec.js') as {
  MapSizeCodec: { encodeRequest(name: string): { setMessageType(type: number): void } };
};
const { Invocation: InvocationOf } = require('hazelcast-client/lib/invocation/InvocationService.js') as {
  Invocation: new (service: unknown, request: unknown) => { connection: object | null };
};

/** Questions of the client protocol that Management Center asks, and any client may: MC.GetMapConfig, MC.GetMemberConfig. */
const GET_MAP_CONFIG = 0x200300;
const GET_MEMBER_CONFIG = 0x200500;
/** Where an answer has the number of backups that a write waits for: behind its head and the format of the map. */
const BACKUP_COUNT_AT = 17;
/** A write whose copy is not made is answered after that time (write.ts), 5 s if it is not set. */
const BACKUP_TIMEOUT = /<property name="hazelcast.operation.backup.timeout.millis">(\d+)</;
const LEAST_MS = 1_000;
/** With it a merge ends at the first copy that is late, and the rest of what it brings is gone. */
const STRICT = 'hazelcast.operation.fail.on.indeterminate.state';

/** Asks a member whether its cluster is configured as the promises need it (hazelcast/hazelcast.yaml); of ours, it is. */
export async function checkCluster(client: Client, { configured, seats, call }: Options): Promise<Shortcomings> {
  const fatal: string[] = [];
  const doubts: string[] = [];
  const needed = { messages: 2, usage: 2, voters: configured.size - 1 };
  for (const { name } of seats)
    if (!configured.has(name)) fatal.push(`its member "${name}" is none of ${[...configured.keys()].join(', ')}`);
  try {
    for (const [map, backups] of Object.entries(needed)) {
      const count = (await call(ask(client, GET_MAP_CONFIG, map))).content.readInt32LE(BACKUP_COUNT_AT);
      if (count < backups) fatal.push(`its map "${map}" has a backup-count of ${count}, and ${backups} are needed`);
    }
    const config = (await call(ask(client, GET_MEMBER_CONFIG, ''))).next?.content.toString() ?? '';
    if (Number(BACKUP_TIMEOUT.exec(config)?.[1] ?? LEAST_MS) < LEAST_MS)
      doubts.push(`its backup timeout is below ${LEAST_MS} ms: what is acknowledged may lack a copy`);
    if (config.includes(`<property name="${STRICT}">true<`))
      doubts.push(`its configuration sets ${STRICT}: a merge of its members may break off`);
  } catch (error) {
    doubts.push(`it does not tell its configuration (${error instanceof Error ? error.message : error})`);
  }
  return { fatal, doubts };
}

async function ask(client: Client, type: number, name: string): Promise<Frame> {
  const { connectionManager, invocationService } = client as unknown as Insides;
  const request = codec.encodeRequest(name);
  request.setMessageType(type);
  const invocation = new InvocationOf(invocationService, request);
  invocation.connection = connectionManager.getConnectionRegistry().getRandomConnection();
  return (await invocationService.invokeUrgent(invocation)).startFrame;
}
