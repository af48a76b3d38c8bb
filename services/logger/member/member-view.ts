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
  /** What the member said last, of its own accord or asked. */
  last(): readonly Seat[];
}

/** A member as the client protocol tells of it. */
interface MemberInfo {
  readonly uuid: { toString(): string };
  readonly address: { toString(): string };
  /** hazelcast.yaml's member-attributes. */
  readonly attributes: ReadonlyMap<string, string>;
}

interface Invocation {
  connection: object;
  eventHandler?: (message: unknown) => void;
  readonly request: { getCorrelationId(): number };
}

/** What is used of the client that its types do not show (hazelcast-client 5.6.0, pinned; the tests of the whole see it work). */
interface Insides {
  readonly connectionManager: { getConnectionRegistry(): { getRandomConnection(): Connection | null } };
  readonly invocationService: {
    invokeUrgent(invocation: Invocation): Promise<unknown>;
    removeEventHandler(correlationId: number): void;
  };
  readonly partitionService: { handlePartitionViewEvent(from: object, partitions: unknown, version: number): void };
}

interface Connection {
  getRemoteUuid(): { toString(): string };
}

interface ViewListenerCodec {
  encodeRequest(): unknown;
  handle(
    message: unknown,
    onMembers: (version: number, members: readonly MemberInfo[]) => void,
    onPartitions: (version: number, partitions: unknown) => void,
  ): void;
}

interface SendSchemaCodec {
  encodeRequest(schema: object): unknown;
  decodeResponse(message: unknown): ReadonlySet<{ toString(): string }>;
}

const require = createRequire(import.meta.url);
const part = (path: string) => require(`hazelcast-client/lib/${path}.js`);
const viewCodec: ViewListenerCodec = part('codec/ClientAddClusterViewListenerCodec').ClientAddClusterViewListenerCodec;
const schemaCodec: SendSchemaCodec = part('codec/ClientSendSchemaCodec').ClientSendSchemaCodec;
const Invocation: new (service: unknown, request: unknown) => Invocation =
  part('invocation/InvocationService').Invocation;

/** A type that nobody uses. */
const SCHEMA: object = new (part('serialization/compact/Schema').Schema)('trilog', []);
const PAUSE_MS = 100;
const MOST_TRIES = 10;

/**
 * Creates access to the view of the member that a client is bound to. The list of members is pushed to a client, and may be late: a
 * write can be answered by a member that has just dropped the others before the news of it comes. But a member that is handed a schema
 * that all members have already answers at once with the UUIDs of those in its cluster. Only if these are not those of the list is the listener
 * of the list registered again, which has the member send it at once: of each such call the member keeps something for as long as
 * the connection lives (docs/hazelcast.md).
 */
export function createMemberView(client: Client): MemberView {
  const { connectionManager, invocationService, partitionService } = client as unknown as Insides;
  const connection = connectionManager.getConnectionRegistry().getRandomConnection();
  if (connection === null) throw new Error('there is no connection to the member');
  const own = String(connection.getRemoteUuid());
  let last: readonly Seat[] = [];
  let registered: number | undefined;

  async function askUuids(): Promise<readonly string[]> {
    const invocation = new Invocation(invocationService, schemaCodec.encodeRequest(SCHEMA));
    invocation.connection = connection as Connection;
    return [...schemaCodec.decodeResponse(await invocationService.invokeUrgent(invocation))].map(String);
  }

  async function register(): Promise<void> {
    let newest = Number.NEGATIVE_INFINITY;
    const invocation = new Invocation(invocationService, viewCodec.encodeRequest());
    invocation.connection = connection as Connection;
    invocation.eventHandler = (message) =>
      viewCodec.handle(
        message,
        (version, members) => {
          // The same version comes again where a member was not known yet.
          if (version < newest) return;
          newest = version;
          last = members.map(seatOf);
        },
        (version, partitions) =>
          partitionService.handlePartitionViewEvent(connection as Connection, partitions, version),
      );
    await invocationService.invokeUrgent(invocation);
    if (registered !== undefined) invocationService.removeEventHandler(registered);
    registered = invocation.request.getCorrelationId();
  }

  return {
    async ask() {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const uuids = await askUuids();
        if (!uuids.includes(own)) return [];
        if (!areThose(last, uuids)) await register();
        if (areThose(last, uuids)) return last;
        await pause(PAUSE_MS);
      }
      throw new Error('the member did not tell its view');
    },
    last: () => last,
  };
}

function areThose(seats: readonly Seat[], uuids: readonly string[]): boolean {
  return seats.length === uuids.length && seats.every(({ uuid }) => uuids.includes(uuid));
}

/** Members that are not ours have no such attributes: they go by their address, and a merge looks like a start. */
function seatOf({ uuid, address, attributes }: MemberInfo): Seat {
  const id = uuid.toString();
  return { name: attributes.get('name') ?? address.toString(), process: attributes.get('process') ?? id, uuid: id };
}
