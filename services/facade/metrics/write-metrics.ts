import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { Problem } from '../../shared/message/problem.ts';
import type { GroupCommit } from '../group-commit.ts';
import type { StoreResult } from '../pending-messages.ts';

/** Counts what becomes of messages, and what it takes. */
export interface WriteMetrics {
  /** Counts an attempt to store so many messages through a logger. */
  countAttempt(logger: string, messages: number): void;
  countOutcome(outcome: StoreResult): void;
  countBatch(messages: number): void;
  /** Shows a queue's length from now on. */
  watch(queue: Pick<GroupCommit<never>, 'load'>): void;
}

/** Creates the metrics of a facade's writer in its registry. */
export function createWriteMetrics(registry: Registry): WriteMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: 'trilog_message_attempts_total',
    help: 'Attempts to store a message through a logger; a batch counts once for each of its messages',
    labelNames: ['logger'],
    registers,
  });
  const outcomes = new Counter({
    name: 'trilog_messages_total',
    help: 'Messages by what became of them: stored, present, conflict, or the code of the problem',
    labelNames: ['outcome'],
    registers,
  });
  const batches = new Histogram({
    name: 'trilog_batch_messages',
    help: 'Messages in a batch, as it went out for the first time',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  // There from the start: what is counted for the first time later has no rate before.
  for (const outcome of ['stored', 'unavailable', 'insufficient-storage', 'internal']) outcomes.inc({ outcome }, 0);
  return {
    countAttempt: (logger, messages) => attempts.inc({ logger }, messages),
    countOutcome: (outcome) => outcomes.inc({ outcome: outcome instanceof Problem ? outcome.code : outcome.outcome }),
    countBatch: (messages) => batches.observe(messages),
    watch(queue) {
      const gauges = {
        queuedItems: ['trilog_queued_messages', 'Messages that wait for a batch to go out with'],
        inFlight: ['trilog_batches_in_flight', 'Batches that are being stored'],
      } as const;
      for (const key of ['queuedItems', 'inFlight'] as const) {
        const [name, help] = gauges[key];
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(queue.load()[key]);
          },
        });
      }
    },
  };
}
