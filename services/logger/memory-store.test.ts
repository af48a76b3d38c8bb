import { createMemoryStore } from './memory-store.ts';
import { testMessageStore } from './message-store.contract.ts';

const store = createMemoryStore();
testMessageStore(() => store);
