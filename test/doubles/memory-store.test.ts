import { describe } from 'node:test';
import { testMapInspector } from './map-inspector.contract.ts';
import { createMemoryStore } from './memory-store.ts';
import { testMessageStore } from './message-store.contract.ts';

const store = createMemoryStore();
testMessageStore(() => store);

const inspected = createMemoryStore();
describe('what there is to be seen of the store in memory', () => {
  testMapInspector(
    () => inspected,
    () => inspected.inspector,
  );
});
