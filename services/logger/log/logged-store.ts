import { forLog } from '../../shared/message/printable.ts';
import type { Log } from '../../shared/observing/log.ts';
import type { MessageStore, ReceivedMessage, StoreOutcome } from '../message-store.ts';

/** Makes a store say in the log of each message what became of it, once it has its outcome. */
export function loggedStore(store: MessageStore, log: Log): MessageStore {
  function say({ UUID, msg, traceId }: ReceivedMessage, outcome: StoreOutcome | undefined): void {
    if (outcome === 'conflict') log.warn({ traceId }, `refused a message, its UUID ${UUID} has another text`);
    else if (outcome === 'full') log.warn({ traceId }, `refused a message, UUID ${UUID}: the members are full`);
    else log.info({ traceId }, `received a message ${forLog(msg)} UUID ${UUID}`);
  }
  return {
    async store(messages) {
      const outcomes = await store.store(messages);
      for (const [index, message] of messages.entries()) say(message, outcomes[index]);
      return outcomes;
    },
    read: store.read,
  };
}
