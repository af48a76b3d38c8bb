import type { HazelcastStore } from '../hazelcast-store.ts';
import type { MessageStore } from '../message-store.ts';
import { costOf, type Quota } from './quota.ts';

/** Makes a store take no more messages than the members have room for; those that are there already have their outcome all the same. */
export function limitedStore(store: HazelcastStore, quota: Quota): MessageStore {
  return {
    async store(messages) {
      const costs = messages.map(costOf);
      if (!(await quota.take(sum(costs)))) return store.find(messages);
      const outcomes = await store.store(messages);
      // After an error it is not known what is stored: all of it keeps its room.
      quota.giveBack(sum(costs.filter((_cost, index) => outcomes[index] !== 'stored')));
      return outcomes;
    },
    read: store.read,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
