import type { Message } from '../../../shared/message/message.ts';

/** How the map lies over the members. All lists of partitions are in the order of their numbers. */
export interface Layout {
  /** The members' names, in an order that stays the same. */
  readonly members: readonly string[];
  /** Who owns each partition, as a place in `members`; -1: nobody at this moment. */
  readonly owners: readonly number[];
  /** How many entries each partition has, as counted last. */
  readonly entries: readonly number[];
  /** How many other members have a copy of each entry; undefined where clients cannot tell. */
  readonly copies: number | undefined;
  /** How many entries the map said that it has. */
  readonly size: number;
  /** Whether the counts agreed with the map itself: none was left out, none counted twice. */
  readonly isExact: boolean;
  /** Whether the counting began after this was asked for; else it is an older count. */
  readonly isFresh: boolean;
  /** How many keys the map gave twice when it was counted. */
  readonly duplicated: number;
  /** Whether every entry has all its copies; undefined if the member did not say. */
  readonly safe: boolean | undefined;
}

/** Where one message is. */
export interface Place {
  /** Undefined if there is no such message. */
  readonly msg: string | undefined;
  readonly partition: number;
  readonly owner: string | undefined;
  /** Undefined where clients cannot tell. */
  readonly backups: readonly string[] | undefined;
}

/** Which messages to look back at: those below a key, the highest keys first. */
export interface OlderRange {
  /** Undefined: from the end. */
  readonly before: string | undefined;
  readonly limit: number;
  /** Only those that contain this text, in whatever case. */
  readonly text: string | undefined;
}

/** What there is to be seen of a map, for people: nothing of it is needed to store or to read, and nothing is done unasked. */
export interface MapInspector {
  /** Tells how the map lies over the members. Throws a Problem (unavailable). */
  layout(): Promise<Layout>;
  /** Gives the messages before a key, newest first. Throws a Problem (unavailable). */
  older(range: OlderRange, signal: AbortSignal): Promise<readonly Message[]>;
  /** Tells where a message is. Throws a Problem (unavailable). */
  find(UUID: string): Promise<Place>;
  /** Gives those of some UUIDs that are not there. Throws a Problem (unavailable). */
  missing(UUIDs: readonly string[]): Promise<readonly string[]>;
}
