import { ownerFor } from './cluster.ts';
import { isFilled, noteOf } from './notes.ts';
import type { Guards, Judge } from './rule.ts';
import { memberAt, type State } from './state.ts';

/** What may be done to the members, or waited for: `quiet` lets nothing else be done before all is quiet. Members are numbered from 0, -1 where none is meant. */
export interface Fault {
  readonly kind: FaultKind;
  readonly index: number;
}
export const FAULT_KINDS = ['kill', 'freeze', 'wake', 'cut', 'heal', 'start', 'quiet'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which faults are made: any of some kinds, up to a number, or exactly those of a script. */
export interface FaultPlan {
  readonly kinds: readonly FaultKind[];
  readonly most: number;
  readonly script: readonly Fault[] | undefined;
}

/** What is explored: so many members under a plan of faults, and the rule with the guards around it. */
export interface Model {
  readonly size: number;
  readonly plan: FaultPlan;
  readonly guards: Guards;
  readonly judge: Judge;
  readonly disks: Disks;
}

/** Whether loggers have disks, which outlive everything: beside members that hold m, or alone, as all members are new when it begins. */
export const DISKS = ['none', 'beside', 'alone'] as const;
export type Disks = (typeof DISKS)[number];

/** What must never happen, or must not be missing. */
export type Breach = 'stale read' | 'message lost' | 'lost in a merge' | 'nobody serves' | 'somebody serves' | 'pause';

/** Takes the steps that are possible in a state. A step's sentence is only made when a story is told. */
export interface Steps {
  to(next: State, tell: () => string): void;
  breach(breach: Breach, tell: () => string): void;
}

const FREE: readonly FaultKind[] = ['wake', 'heal', 'start'];

/** Tells whether the plan allows a fault now. */
export function allows({ kinds, most, script }: FaultPlan, state: State, kind: FaultKind, index = -1): boolean {
  if (script === undefined) return FREE.includes(kind) || (state.faults < most && kinds.includes(kind));
  const next = script[state.faults];
  return next !== undefined && next.kind === kind && (index === -1 || next.index === index);
}

/** Notes in a state that a fault was made. */
export function spend({ script }: FaultPlan, state: State, kind: FaultKind): void {
  if (script !== undefined || !FREE.includes(kind)) state.faults++;
}

/** Tells whether the logger of a member may acknowledge and answer, acting on a view: as far as the rule goes, and what is noted of disks. */
export function mayServe(model: Model, state: State, index: number, view: number): boolean {
  if (!counts(model, state, index, view)) return false;
  if (model.disks === 'none' || !model.guards.awaitsReplay) return true;
  return isFilled(noteOf(memberAt(state, memberAt(state, index).owner).version), state.members);
}

/** Tells whether the cluster of a member counts, as its logger sees it, acting on a view. */
export function counts({ judge }: Model, state: State, index: number, view: number): boolean {
  const member = memberAt(state, index);
  const owner = ownerFor(state, member);
  if (owner === undefined) return false;
  return judge(state, member, view, owner).serves;
}
