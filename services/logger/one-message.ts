import type { IMap } from 'hazelcast-client';
import type { Message } from '../shared/message.ts';
import type { StoreOutcome } from './message-store.ts';

/**
 * Stores a message under its UUID unless the UUID is taken. Entries never change, which is what makes every retry safe.
 */
export async function storeOne(map: IMap<string, string>, message: Message): Promise<StoreOutcome> {
  const existing = await map.putIfAbsent(message.UUID, message.msg);
  return existing === null ? 'stored' : compare(map, message, existing);
}

/** What is done when there is no room: a message that is there already has its outcome all the same. */
export async function findOne(map: IMap<string, string>, message: Message): Promise<StoreOutcome> {
  const existing = await map.get(message.UUID);
  return existing === null ? 'full' : compare(map, message, existing);
}

/** An attempt before may have ended between owner and backups: an equal text is put again, so that its backups have it too. */
async function compare(map: IMap<string, string>, { UUID, msg }: Message, existing: string): Promise<StoreOutcome> {
  if (existing !== msg) return 'conflict';
  await map.set(UUID, msg);
  return 'present';
}
