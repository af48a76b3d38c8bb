import type { IMap, PartitionService } from 'hazelcast-client';

/** A member that sits in a cluster. A merge gives it another `uuid`, a start another `process` as well. */
export interface Seat {
  /** Which of the configured members it is: `member-1` for example. */
  readonly name: string;
  readonly process: string;
  readonly uuid: string;
}

/** What a logger uses of the cluster. */
export interface Maps {
  /** UUID -> text. */
  readonly messages: IMap<string, string>;
  /** How many bytes of the limit are reserved, by all loggers together, and whether there may be long texts. */
  readonly usage: IMap<string, number>;
  /** Who counted last (quorum/): one entry, with a copy on each member. */
  readonly voters: IMap<string, string>;
  /** Which member owns which keys. */
  readonly partitions: PartitionService;
}

/** One connection to the member, from its making to its loss; when it breaks, all calls reject at once. */
export interface Session {
  readonly maps: Maps;
  /** Asks the member afresh for the members of its cluster. Throws a Problem (unavailable). */
  view(): Promise<readonly Seat[]>;
  /** The members as it told last. */
  members(): readonly Seat[];
  /** Waits for a call to the member, for at most `timeoutMs` (default: `callTimeoutMs`). Throws a Problem (unavailable) on any error. */
  call<T>(promise: Promise<T>, timeoutMs?: number): Promise<T>;
  /** Waits for a write. Throws a Problem (unavailable) on any error, and if one of its copies may not have been made. */
  write<T>(promise: Promise<T>): Promise<T>;
}

/** The sessions with one member: one after another, with pauses between them while the member is away. */
export interface Sessions {
  /** The session there is now; undefined while the member is away. */
  readonly session: Session | undefined;
  /** Why there is none, in words; undefined while there is one. */
  readonly absence: string | undefined;
  /** The same; throws a Problem (unavailable) while the member is away. */
  current(): Session;
  close(): Promise<void>;
}
