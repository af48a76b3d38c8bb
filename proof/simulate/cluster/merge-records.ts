import { invoke, type Operation } from './invocation.ts';
import type { ClusterContext, Member } from './member.ts';

/** Puts what the member has brought, one entry after the other, unless the key is there. */
export function putRecords(context: ClusterContext, member: Member): void {
  const { clock, random, mergeGapMs } = context;
  const { uuid } = member;
  const next = () => {
    const record = member.records[0];
    if (record === undefined || member.uuid !== uuid || member.phase !== 'joined') return;
    const { partition, key, value } = record;
    const again = () => clock.after(mergeGapMs * random.next(), member.vp, next);
    invoke(context, member, partition, putIfAbsent(key, value), (error) => {
      if (error === undefined) member.records = member.records.filter((each) => each !== record);
      again();
    });
  };
  if (member.records.length > 0) clock.after(mergeGapMs * random.next(), member.vp, next);
}

function putIfAbsent(key: string, value: string): Operation {
  return {
    backupCount: 6,
    run(part) {
      if (part.has(key)) return { value: part.get(key) };
      part.set(key, value);
      return { value: null, backup: (held) => held.set(key, value) };
    },
  };
}
