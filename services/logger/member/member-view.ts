import { createRequire } from 'node:module';
import type { Client } from 'hazelcast-client';
import type { Seat } from '../member/session.ts';

/** The cluster as one member sees it. */
export interface MemberView {
  /** The member's own UUID, as it was when the client connected. */
  readonly own: string;
  /** Asks the member afresh; what it gives was so after the call. */
  ask(): Promise<readonly Seat[]>;
  /** What the member said last, of its own accord or asked. */
  last(): readonly Seat[];
  /** Has the client take over which member owns which partition, as the member said last. */
  updatePartitions(): void;
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
  eventHandler: (message: { getMessageType(): number }) => void;
  readonly request: { getCorrelationId(): number };
}

/** What is used of the client that its types do not show (hazelcast-client 5.6.0, pinned; member-view.test.ts sees it work). */
interface Insides {
  readonly connectionManager: { getConnectionRegistry(): { getRandomConnection(): Connection | null } };
  readonly invocationService: {
    invokeUrgent(invocation: Invocation): Promise<unknown>;
    removeEventHandler(correlationId: number): void;
  };
  readonly clusterService: { handleMembersViewEvent(cluster: unknown, version: number, members: unknown): void };
  readonly partitionService: { handlePartitionViewEvent(from: object, partitions: unknown, version: number): void };
}

interface Connection {
  getClusterUuid(): unknown;
  getRemoteUuid(): { toString(): string };
}

interface ViewListenerCodec {
  encodeRequest(): unknown;
  handle(
    message: unknown,
    onMembers: ((version: number, members: readonly MemberInfo[]) => void) | null,
    onPartitions?: (version: number, partitions: unknown) => void,
  ): void;
}

/** The number of the event in the client protocol. */
const PARTITIONS_EVENT = 0x000303;

const require = createRequire(import.meta.url);
const { ClientAddClusterViewListenerCodec: codec } =
  require('hazelcast-client/lib/codec/ClientAddClusterViewListenerCodec.js') as {
    ClientAddClusterViewListenerCodec: ViewListenerCodec;
  };
const { Invocation: InvocationOf } = require('hazelcast-client/lib/invocation/InvocationService.js') as {
  Invocation: new (service: unknown, request: unknown) => Invocation;
};

/**
 * Creates access to the view of the member that a client is bound to. The client's own list is pushed to it and may be late: a
 * write can be answered by a member that has just dropped the others before the news of it comes. To register the listener of
 * the list again makes the member send it at once, by the same connection; nothing else in the client protocol does.
 */
export function createMemberView(client: Client): MemberView {
  const { connectionManager, invocationService, clusterService, partitionService } = client as unknown as Insides;
  const connection = connectionManager.getConnectionRegistry().getRandomConnection();
  if (connection === null) throw new Error('there is no connection to the member');
  let last: readonly Seat[] = [];
  let registered: number | undefined;
  /** Each answer has all partitions, and hardly anybody needs them: so they are read when they are needed. */
  let partitionsMessage: unknown;

  return {
    own: connection.getRemoteUuid().toString(),
    async ask() {
      let newest = Number.NEGATIVE_INFINITY;
      const invocation = new InvocationOf(invocationService, codec.encodeRequest());
      invocation.connection = connection;
      invocation.eventHandler = (message) => {
        if (message.getMessageType() === PARTITIONS_EVENT) partitionsMessage = message;
        else
          codec.handle(message, (version, members) => {
            clusterService.handleMembersViewEvent(connection.getClusterUuid(), version, members);
            if (version < newest) return;
            newest = version;
            last = members.map(seatOf);
          });
      };
      await invocationService.invokeUrgent(invocation);
      if (registered !== undefined) invocationService.removeEventHandler(registered);
      registered = invocation.request.getCorrelationId();
      if (newest === Number.NEGATIVE_INFINITY) throw new Error('the member did not tell its view');
      return last;
    },
    last: () => last,
    updatePartitions() {
      if (partitionsMessage === undefined) return;
      codec.handle(partitionsMessage, null, (version, partitions) =>
        partitionService.handlePartitionViewEvent(connection, partitions, version),
      );
      partitionsMessage = undefined;
    },
  };
}

/** Members that are not ours have no such attributes: they go by their address, and a merge looks like a start. */
function seatOf({ uuid, address, attributes }: MemberInfo): Seat {
  const id = uuid.toString();
  return { name: attributes.get('name') ?? address.toString(), process: attributes.get('process') ?? id, uuid: id };
}
