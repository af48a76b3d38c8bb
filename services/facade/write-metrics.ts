import { Counter, type Registry } from 'prom-client';
import { Problem } from '../shared/problem.ts';
import type { Stored } from './pending-messages.ts';

/** Counts what becomes of messages, and how many attempts it takes. */
export interface WriteMetrics {
  /** Counts an attempt to store so many messages through a logger. */
  countAttempt(logger: string, messages: number): void;
  countOutcome(outcome: Stored | Problem): void;
}

/** Creates the counters of a facade's writer in its registry. */
export function createWriteMetrics(registry: Registry): WriteMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: 'message_attempts_total',
    help: 'Attempts to store a message through a logger; a batch counts once for each of its messages',
    labelNames: ['logger'],
    registers,
  });
  const outcomes = new Counter({
    name: 'messages_total',
    help: 'Messages by what became of them: stored, present, conflict, or the code of the problem',
    labelNames: ['outcome'],
    registers,
  });
  return {
    countAttempt: (logger, messages) => attempts.inc({ logger }, messages),
    countOutcome: (outcome) => outcomes.inc({ outcome: outcome instanceof Problem ? outcome.code : outcome.outcome }),
  };
}
