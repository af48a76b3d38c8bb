import type { ClusterView } from '../shared/cluster-view.ts';
import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';
import type { MapInspector } from './map-inspector.ts';

/**
 * What became of a message: stored now; there already with this text; refused, as another text has its UUID; or refused,
 * as the members have no room for it.
 */
export type StoreOutcome = 'stored' | 'present' | 'conflict' | 'full';

/** Whether the store can be used, and what it knows of itself. */
export interface StoreStatus {
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason?: string;
  readonly member: string;
  /** Whether it has stored messages lately that it may have to store again, once its member is back. */
  readonly owing?: boolean;
  readonly cluster?: ClusterView;
  /** Whether every entry has all the copies it should have; absent if the member does not tell. */
  readonly safe?: boolean;
}

/** Where a logger keeps its messages; what each implementation promises is in message-store.contract.ts. */
export interface MessageStore {
  /**
   * Stores messages; each has its outcome, in their order, once it has all its copies.
   * Throws a Problem (unavailable) if that cannot be said of all: some may be stored then; repeating is safe.
   */
  store(messages: readonly Message[]): Promise<StoreOutcome[]>;
  /** Reads messages in the order of their UUIDs, in pages; ending early, or the signal, ends the query. Throws a Problem. */
  read(range: ReadRange, signal: AbortSignal): AsyncIterable<readonly Message[]>;
  /** How many bytes of the limit are taken, about; 0 if there is no limit. Throws if that cannot be said soon. */
  storedBytes(): Promise<number>;
  /** What there is to be seen of it, for people; a store need not have it. */
  readonly inspector?: MapInspector;
  /** The cluster as the store's member sees it now; undefined while there is no connection. */
  view(): ClusterView | undefined;
  /** Tells how it is; whether every entry has its copies only if asked, as that costs the members something. */
  status(options: { readonly withSafety: boolean }): Promise<StoreStatus>;
}
