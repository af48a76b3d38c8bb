import type { IMap, PartitionService, Predicate } from 'hazelcast-client';

/** Some keys of a map, chosen by nothing that they have to do with, in their order. */
export interface KeySample {
  readonly keys: readonly string[];
  /** One of so many keys is among them, more or less. */
  readonly oneOf: number;
}

/** By which members know com.hazelcast.query.PartitionPredicate (PredicateDataSerializerHook in Hazelcast 5.7). */
const PREDICATE_FACTORY_ID = -20;
const PARTITION_PREDICATE_ID = 16;

/**
 * Takes the keys of one partition that a condition holds for as a sample of all: keys are spread over partitions by their hash.
 * It takes 20 ms in a map of 700,000, where the first rows of all keys take 1.4 s.
 */
export async function sampleKeys(
  { messages, partitions }: { readonly messages: IMap<string, string>; readonly partitions: PartitionService },
  condition: Predicate,
): Promise<KeySample> {
  const keys = await messages.keySetWithPredicate(inPartitionOf('any key', condition));
  return { keys: [...keys].sort(), oneOf: partitions.getPartitionCount() };
}

/** Makes the predicate that looks at one partition only, for which the client has no function. */
function inPartitionOf(key: string, condition: Predicate): Predicate {
  return {
    factoryId: PREDICATE_FACTORY_ID,
    classId: PARTITION_PREDICATE_ID,
    writeData(output) {
      output.writeObject(key);
      output.writeObject(condition);
    },
    readData() {
      throw new Error('no member sends one');
    },
  };
}
