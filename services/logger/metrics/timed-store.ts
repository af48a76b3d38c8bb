import { Histogram, type Registry } from 'prom-client';
import type { MessageStore } from '../message-store.ts';

/** Times how long a store takes to store. */
export function timedStore(store: MessageStore, registry: Registry): MessageStore {
  const seconds = new Histogram({
    name: 'trilog_store_duration_seconds',
    help: 'Time to store a batch in the distributed map, all copies made',
    labelNames: ['result'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  for (const result of ['ok', 'error']) seconds.zero({ result }); // there from the start: else the first has no rate
  return {
    async store(messages) {
      const end = seconds.startTimer();
      try {
        const outcomes = await store.store(messages);
        end({ result: 'ok' });
        return outcomes;
      } catch (error) {
        end({ result: 'error' });
        throw error;
      }
    },
    read: store.read,
  };
}
