import type { Random } from '../../random.ts';
import type { Bars, Check } from '../history/history.ts';
import type { SystemRuntime } from '../system/runtime.ts';
import type { System } from '../system/system.ts';

/** What a fault has to work with while the traffic runs. */
export interface Stage {
  readonly system: System;
  readonly random: Random;
  /** Says what is hit. */
  say(text: string): void;
  /** The fault is there now. */
  injected(): void;
  /** From now on it is being made good. */
  healed(): void;
  /** Waits; rejects when the run is ended. */
  hold(ms: number): Promise<void>;
  /** Keeps what the fault itself found, beyond the requests of the common traffic. */
  note(...checks: readonly Check[]): void;
  /** How many messages the traffic has begun to post. */
  begun(): number;
  /** Posts so many messages now. */
  post(count: number): void;
  /** Lets a quiet fault's traffic post from now on. */
  goOn(): void;
  /** Aborts when the run is ended. */
  readonly signal: AbortSignal;
}

/** Something that can happen to a system, and what it may cost. */
export interface Fault {
  readonly name: string;
  readonly summary: string;
  readonly bars: Bars;
  /** Why it cannot be done on this machine; undefined if it can. */
  readonly impossible?: (runtime: SystemRuntime) => Promise<string | undefined>;
  /** Left out unless it is asked for by name: a longer form of another one. */
  readonly onRequest?: boolean;
  /** All members are ended, and what they hold is gone. */
  readonly memoryLost?: boolean;
  /** It fills the members: until the system ends, messages may be refused by 507. */
  readonly fillsMembers?: boolean;
  /** What the system has to be started with: one of its own then. */
  readonly env?: NodeJS.ProcessEnv;
  /** True: a system of its own, in which nothing is stored yet. */
  readonly fresh?: boolean;
  /** True: nothing is posted but what the fault posts, until it says so. */
  readonly quiet?: boolean;
  /** How many facades it takes at least; one, if it is not said. */
  readonly facades?: number;
  /** POSTs a second of the common traffic, where it must not be in the way. */
  readonly rate?: number;
  /** Reads a second of it, of all that was stored since the fault began: the same. */
  readonly readRate?: number;
  /** How far back the facade's clock may go: reads begin that much earlier. */
  readonly clockBackMs?: number;
  /** Makes the fault, holds it, and heals it, calling `injected` and `healed` in between. */
  readonly run: (stage: Stage) => Promise<void>;
}
