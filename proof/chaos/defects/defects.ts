import { QUORUM_DEFECTS } from './quorum-defects.ts';

/** A defect to build in on purpose: the instrument must find it. */
export interface Defect {
  readonly name: string;
  readonly summary: string;
  /** Texts that each stand exactly once in their file, and what is put in their place. */
  readonly patches: readonly { readonly file: string; readonly replace: string; readonly by: string }[];
  /** The faults that show it. */
  readonly faults: readonly string[];
  /** The rules of which at least one must be broken. */
  readonly shownBy: readonly string[];
}

export const DEFECTS: readonly Defect[] = [
  {
    name: 'no-backups',
    summary: 'the members keep one copy of each message only',
    patches: [
      {
        file: 'hazelcast/hazelcast.yaml',
        replace: 'go at once.\n      backup-count: 2',
        by: 'go at once.\n      backup-count: 0',
      },
      { file: 'services/logger/member/cluster-check.ts', replace: '{ messages: 2,', by: '{ messages: 0,' },
    ],
    faults: ['kill-member'],
    shownBy: ['lost', 'stale'],
  },
  {
    name: 'no-failover',
    summary: 'the facade tries one logger for a message, whatever is known of it, and no other',
    patches: [
      {
        file: 'services/facade/send-batch.ts',
        replace: 'const loggers = pool.order();',
        by: 'const loggers = [...pool.loggers].sort(() => Math.random() - 0.5).slice(0, 1);',
      },
      {
        file: 'services/facade/send-batch.ts',
        replace: 'for (const pending of left) pending.lastError = lastError;',
        by: `for (const pending of left)\n            pending.answer(new Problem('unavailable', 'No other logger is tried.', { cause: lastError }));`,
      },
    ],
    faults: ['kill-logger'],
    shownBy: ['failed'],
  },
  {
    name: 'early-ack',
    summary: 'a logger answers before its member has stored',
    patches: [
      {
        file: 'services/logger/store-batch.ts',
        replace: 'const outcomes = await store.store(received);',
        by: `void store.store(received).catch(() => {});
    const outcomes: ('stored' | 'full')[] = received.map(() => 'stored');`,
      },
    ],
    faults: ['kill-member', 'kill-two-members', 'freeze-member-8s'],
    shownBy: ['lost', 'stale'],
  },
  ...QUORUM_DEFECTS,
  {
    name: 'empty-read',
    summary: 'a read that no logger can serve is an empty 200',
    patches: [
      {
        file: 'services/facade/message-reader.ts',
        replace: 'if (clock.leftMs() === 0) throw unavailable(NOT_READ, lastError);',
        by: 'if (clock.leftMs() === 0) return void unavailable(NOT_READ, lastError);',
      },
    ],
    faults: ['kill-all-loggers'],
    shownBy: ['stale'],
  },
  {
    name: 'follow-anew',
    summary: 'a follower that connects again is told only of what is stored from then on',
    patches: [
      {
        file: 'services/facade/follow/follow.ts',
        replace: "return parseUuid(id, 'Last-Event-ID');",
        by: 'return undefined;',
      },
    ],
    faults: ['restart-facade'],
    shownBy: ['check'],
  },
  {
    name: 'new-uuid',
    summary: 'the facade takes no notice of the UUID that a caller sends again',
    patches: [
      {
        file: 'services/facade/post-message.ts',
        replace: 'UUID: own ?? rules.createId()',
        by: 'UUID: rules.createId()',
      },
    ],
    faults: ['reset-callers'],
    shownBy: ['duplicated'],
  },
];
