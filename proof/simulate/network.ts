import type { Random } from '../random.ts';
import type { VirtualClock, VirtualProcess } from './virtual-clock.ts';

/** How a network carries messages. */
export interface Weather {
  /** What part of them takes up to `lateMs`. */
  readonly latePart: number;
  readonly lateMs: number;
}

interface Sending {
  /** Behind what was sent before it by this connection; without it messages may pass each other. */
  readonly connection?: Connection;
  readonly extraMs?: number;
}

/** One direction of a connection: what goes by it comes in its order. */
export interface Connection {
  lastMs: number;
}

/** The network between all processes: it delays, reorders what does not go by one connection, and keeps back what is cut. */
export interface Network {
  /** Delivers something to a process, if both are there and it lives by then. */
  send(from: VirtualProcess, to: VirtualProcess, deliver: () => void, how?: Sending): void;
  isCut(host: string, other: string): boolean;
  /** Cuts two hosts from each other: what is sent meanwhile comes when that is over, as TCP sends it again. */
  cut(host: string, other: string): void;
  heal(host: string, other: string): void;
  /** Makes all that a host sends and gets slower; 0 ends it. */
  slow(host: string, byMs: number): void;
  /** Loses answers of a host: their connections break instead. 0 ends it. */
  lose(host: string, part: number): void;
  isLost(host: string): boolean;
}

const LEAST_MS = 0.1;
const SPREAD_MS = 0.4;

/** Creates a network without cuts. */
export function createNetwork(clock: VirtualClock, random: Random, { latePart, lateMs }: Weather): Network {
  /** What waits behind each cut, and how many faults have made it. */
  const cuts = new Map<string, { times: number; readonly behind: (() => void)[] }>();
  const slowBy = new Map<string, number>();
  const lost = new Map<string, number>();
  const nameOf = (host: string, other: string) => (host < other ? `${host} ${other}` : `${other} ${host}`);

  function send(from: VirtualProcess, to: VirtualProcess, deliver: () => void, how: Sending = {}): void {
    if (from.state === 'dead' || to.state === 'dead') return;
    const cut = cuts.size === 0 ? undefined : cuts.get(nameOf(from.host, to.host));
    if (cut !== undefined) {
      cut.behind.push(() => send(from, to, deliver, how));
      return;
    }
    let delayMs = LEAST_MS + SPREAD_MS * random.next() + (how.extraMs ?? 0);
    if (random.next() < latePart) delayMs += lateMs * random.next();
    if (slowBy.size > 0) delayMs += ((slowBy.get(from.host) ?? 0) + (slowBy.get(to.host) ?? 0)) * random.next();
    const { connection } = how;
    if (connection !== undefined) {
      delayMs = Math.max(delayMs, connection.lastMs - clock.nowMs);
      connection.lastMs = clock.nowMs + delayMs;
    }
    clock.after(delayMs, to, deliver);
  }

  return {
    send,
    isCut: (host, other) => cuts.has(nameOf(host, other)),
    cut(host, other) {
      const name = nameOf(host, other);
      const before = cuts.get(name);
      if (before === undefined) cuts.set(name, { times: 1, behind: [] });
      else before.times++;
    },
    heal(host, other) {
      const name = nameOf(host, other);
      const cut = cuts.get(name);
      if (cut === undefined || --cut.times > 0) return;
      cuts.delete(name);
      for (const again of cut.behind) again();
    },
    slow: (host, byMs) => void (byMs > 0 ? slowBy.set(host, byMs) : slowBy.delete(host)),
    lose: (host, part) => void (part > 0 ? lost.set(host, part) : lost.delete(host)),
    isLost: (host) => lost.size > 0 && random.next() < (lost.get(host) ?? 0),
  };
}
