import type { Client, IMap, PartitionService } from 'hazelcast-client';

/** What a logger uses of the cluster. */
export interface Maps {
  /** UUID -> text. */
  readonly messages: IMap<string, string>;
  /** How many bytes of the limit are reserved, by all loggers together, and whether there may be long texts. */
  readonly usage: IMap<string, number>;
  /** Who counted last (quorum/): one entry, with a copy on each member. */
  readonly voters: IMap<string, string>;
  /** Which member owns which keys. */
  readonly partitions: PartitionService;
}

/** Gets them of a client. */
export async function getMaps(client: Client): Promise<Maps> {
  return {
    messages: await client.getMap<string, string>('messages'),
    usage: await client.getMap<string, number>('usage'),
    voters: await client.getMap<string, string>('voters'),
    partitions: client.getPartitionService(),
  };
}
