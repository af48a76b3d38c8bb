import { keyAt, LINE_FEED } from '../../shared/message/message-stream.ts';
import { Problem } from '../../shared/message/problem.ts';
import { timeOf } from './cursor.ts';
import type { Membership } from './feed.ts';
import type { Told } from './follow-format.ts';
import { TOO_SLOW } from './outlet.ts';

/** What may come while a follower is sent what was there before. */
const MAX_HELD_BYTES = 8 * 1_048_576;

/** What one follower is sent of what was there before it came, and what comes meanwhile: nothing of it twice. */
export function createPast(isLive: boolean) {
  /** Told while the past is read. */
  const held = new Map<string, Told>();
  let heldBytes = 0;
  /** Sent as past, of those that may be told as well. */
  const sent = new Set<string>();
  return {
    isLive,
    isTold: (UUID: string) => sent.size > 0 && sent.delete(UUID),
    hold(told: Told): void {
      if (sent.delete(told.UUID)) return;
      held.set(told.UUID, told);
      heldBytes += told.line.length;
      if (heldBytes > MAX_HELD_BYTES) throw new Problem('unavailable', TOO_SLOW);
    },
    /** Makes what to send of a chunk. Who goes on after it needs what is below `first` no more. */
    take(chunk: Buffer, first: string, membership: Membership): Told[] {
      const messages: Told[] = [];
      for (let at = 0; at < chunk.length; ) {
        const end = chunk.indexOf(LINE_FEED, at);
        const UUID = keyAt(chunk, at);
        held.delete(UUID);
        if (membership.mayTell(UUID)) sent.add(UUID);
        const next = UUID < first ? UUID : first;
        messages.push({ UUID, line: chunk.toString('utf8', at, end), time: timeOf(UUID) ?? null, next });
        at = end + 1;
      }
      return messages;
    },
    /** Gives what was held; once nothing is, what comes is told as it comes. */
    release(): Told[] {
      const messages = [...held.values()];
      held.clear();
      heldBytes = 0;
      this.isLive = messages.length === 0;
      return messages;
    },
  };
}
