import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { Problem } from '../../shared/message/problem.ts';
import type { Events } from '../events.ts';

/** Adds what becomes of messages, and what it takes, to a facade's registry; `load` tells how much its writer has to do. */
export function addWriteMetrics(
  registry: Registry,
  events: Events,
  load: () => { readonly queuedItems: number; readonly inFlight: number },
): void {
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
  events.on('attemptBegun', ({ logger, batch }) => attempts.inc({ logger: logger.name }, batch.length));
  events.on('refused', ({ code: outcome }) => outcomes.inc({ outcome }));
  events.on('answered', (_submission, result) =>
    outcomes.inc({ outcome: result instanceof Problem ? result.code : result.outcome }),
  );
  events.on('batchSent', ({ length }) => batches.observe(length));

  const gauges = [
    ['queuedItems', 'trilog_queued_messages', 'Messages that wait for a batch to go out with'],
    ['inFlight', 'trilog_batches_in_flight', 'Batches that are being stored'],
  ] as const;
  for (const [key, name, help] of gauges) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(load()[key]);
      },
    });
  }
}
