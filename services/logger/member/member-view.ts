import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'hazelcast-client';
import type { Seat } from './session.ts';

/** The cluster as one member sees it. */
export interface MemberView {
  /**
   * Asks the member afresh; what it gives was so after the call. Empty if the member is not the one any more that the client connected to: a
   * merge gave it another UUID. Throws if the member does not say within a second who they are.
   */
  ask(): Promise<readonly Seat[]>;
  /** What the member said last, of its own accord. */
  last(): readonly Seat[];
}

/** What is used of the client that its types do not show (hazelcast-client 5.6.0, pinned; the tests of the whole see it work). */
interface Insides {
  readonly connectionManager: { getConnectionRegistry(): { getRandomConnection(): Connection | null } };
  readonly invocationService: { invokeUrgent(invocation: { connection: object | null }): Promise<unknown> };
}

interface Connection {
  getRemoteUuid(): { toString(): string };
}

/** A member, as the client has it of the member's own list; its types leave the attributes of hazelcast.yaml out. */
interface KnownMember {
  readonly uuid: { toString(): string };
  readonly address: { toString(): string };
  readonly attributes: ReadonlyMap<string, string>;
}

interface SendSchemaCodec {
  encodeRequest(schema: object): unknown;
  decodeResponse(message: unknown): ReadonlySet<{ toString(): string }>;
}

const require = createRequire(import.meta.url);
const { ClientSendSchemaCodec: codec } = require('hazelcast-client/lib/codec/ClientSendSchemaCodec.js') as {
  ClientSendSchemaCodec: SendSchemaCodec;
};
const { Schema } = require('hazelcast-client/lib/serialization/compact/Schema.js') as {
  Schema: new (typeName: string, fields: object[]) => object;
};
const { Invocation } = require('hazelcast-client/lib/invocation/InvocationService.js') as {
  Invocation: new (service: unknown, request: unknown) => { connection: object | null };
};

/** A type that nobody uses. */
const SCHEMA = new Schema('trilog', []);
/** The news of a change come a moment later than an answer may. */
const NEWS_PAUSE_MS = 20;
const MOST_PAUSES = 50;

/**
 * Creates access to the view of the member that a client is bound to. The client's own list is pushed to it and may be late: a
 * write can be answered by a member that has just dropped the others before the news of it comes. A member that is handed a schema
 * that all members have already answers at once with the UUIDs of those in its cluster, and keeps nothing. (To register the listener of the
 * list again gives the list too, but the member keeps something of each such call: docs/hazelcast.md.)
 */
export function createMemberView(client: Client): MemberView {
  const { connectionManager, invocationService } = client as unknown as Insides;
  const connection = connectionManager.getConnectionRegistry().getRandomConnection();
  if (connection === null) throw new Error('there is no connection to the member');
  const own = String(connection.getRemoteUuid());
  const last = () => (client.getCluster().getMembers() as unknown as KnownMember[]).map(seatOf);

  async function askUuids(): Promise<readonly string[]> {
    const invocation = new Invocation(invocationService, codec.encodeRequest(SCHEMA));
    invocation.connection = connection;
    return [...codec.decodeResponse(await invocationService.invokeUrgent(invocation))].map(String);
  }

  return {
    async ask() {
      for (let pauses = 0; pauses < MOST_PAUSES; pauses++) {
        const uuids = await askUuids();
        if (!uuids.includes(own)) return [];
        const seats = last();
        if (uuids.length === seats.length && seats.every(({ uuid }) => uuids.includes(uuid))) return seats;
        await pause(NEWS_PAUSE_MS);
      }
      throw new Error('the member did not tell its view');
    },
    last,
  };
}

/** Members that are not ours have no such attributes: they go by their address, and a merge looks like a start. */
function seatOf({ uuid, address, attributes }: KnownMember): Seat {
  const id = uuid.toString();
  return { name: attributes.get('name') ?? address.toString(), process: attributes.get('process') ?? id, uuid: id };
}
