import { type PartitionService, Predicates } from 'hazelcast-client';
import type { Message } from '../../../shared/message/message.ts';
import type { SafetyCheck } from '../../member/member-health.ts';
import type { Seat, Session } from '../../member/session.ts';
import type { CreateAsk } from '../map-reader.ts';
import { keysWithin } from '../map-reader.ts';
import { createEntryCount } from './entry-count.ts';
import { lastKeys } from './key-order-back.ts';

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
  /** As in the logger's status. */
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

interface Options {
  /** The session there is now; throws a Problem (unavailable) while the member is away. */
  readonly current: () => Session;
  readonly createAsk: CreateAsk<Session>;
  readonly askSafe: SafetyCheck;
}

/** The map's backup-count (hazelcast.yaml). */
const BACKUPS = 2;
const FIRST_WIDTH_MS = 10_000;
/** Few messages have a text that is looked for. */
const FIRST_SEARCH_WIDTH_MS = 3_600_000;

/** Creates the inspector of the map "messages" as one member shows it. */
export function createMapInspector({ current, createAsk, askSafe }: Options): MapInspector {
  const count = createEntryCount(createAsk);
  return {
    async layout(): Promise<Layout> {
      const session = current();
      const [{ tally, isFresh }, safe] = await Promise.all([count(session), askSafe()]);
      const members = session.members();
      const { partitions } = session.maps;
      const owners = Array.from({ length: partitions.getPartitionCount() }, (_, id) =>
        ownerOf(partitions, id, members),
      );
      const sorted = members.map(({ name }) => name).sort();
      return {
        ...tally,
        isFresh,
        safe,
        members: sorted,
        owners: owners.map((owner) => (owner === undefined ? -1 : sorted.indexOf(owner))),
        copies: copiesOn(members.length),
      };
    },
    async older({ before, limit, text }, signal) {
      const session = current();
      const { messages } = session.maps;
      const ask = createAsk(session, signal);
      const keys = await lastKeys(
        ({ limit: most, ...bounds }) => {
          const within = keysWithin(bounds);
          const wanted =
            text === undefined ? within : Predicates.and(within, Predicates.regex('this', containing(text)));
          return ask(() => messages.keySetWithPredicate(Predicates.paging(wanted, most)));
        },
        { before, limit, firstWidth: text === undefined ? FIRST_WIDTH_MS : FIRST_SEARCH_WIDTH_MS },
      );
      const texts = new Map(await ask(() => messages.getAll([...keys])));
      return keys.map((UUID) => ({ UUID, msg: texts.get(UUID) ?? '' }));
    },
    async find(UUID) {
      const session = current();
      const { messages, partitions } = session.maps;
      const msg = (await session.call(messages.get(UUID))) ?? undefined;
      const partition = partitions.getPartitionId(UUID);
      const members = session.members();
      const owner = ownerOf(partitions, partition, members);
      const others = members.map(({ name }) => name).filter((name) => name !== owner);
      return { msg, partition, owner, backups: copiesOn(members.length) === others.length ? others.sort() : undefined };
    },
    async missing(UUIDs) {
      const { maps, call } = current();
      const there = await call(Promise.all(UUIDs.map((UUID) => maps.messages.containsKey(UUID))));
      return UUIDs.filter((_UUID, index) => !there[index]);
    },
  };
}

/** With as many other members as backups, each has a copy of everything. With more, no client is told which. */
function copiesOn(members: number): number | undefined {
  return members - 1 <= BACKUPS ? members - 1 : undefined;
}

function ownerOf(partitions: PartitionService, id: number, members: readonly Seat[]): string | undefined {
  // Undefined for a moment after a connection, and while a partition has lost all its members; not so in the types.
  const owner: { toString(): string } | undefined = partitions.getPartitionOwner(id);
  return members.find(({ uuid }) => uuid === owner?.toString())?.name;
}

/** A pattern of Java's for texts that contain one, each character by its number: so none of them means anything else. */
function containing(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));
  return `(?isu).*${units.map((unit) => `\\u${unit}`).join('')}.*`;
}
