import { isMerging, runs } from './cluster.ts';
import { isQuiet, serves } from './invariants.ts';
import { allows, type Model, type Steps, spend } from './model.ts';
import { takeSeat } from './seats.ts';
import { copyOf, GONE, kill, LISTENING, type Member, memberAt, STARTING, type State } from './state.ts';
import { dueVoters } from './voter-steps.ts';
import { nameOf, setOf, sideOf } from './words.ts';

/** Members are killed, frozen, woken and started; the network is cut and heals. */
export function faultSteps(model: Model, state: State, steps: Steps): void {
  const { plan, size } = model;
  const isDue = (member: Member) => runs(member) && dueVoters(model, state, member) !== undefined;
  if (allows(plan, state, 'quiet') && isQuiet(state, false) && serves(model, state) && !state.members.some(isDue)) {
    const next = copyOf(state);
    spend(plan, next, 'quiet');
    steps.to(next, () => 'nothing moves any more, and somebody serves');
  }
  for (const member of state.members) {
    const { index } = member;
    if (member.phase !== GONE && allows(plan, state, 'kill', index)) {
      const next = copyOf(state);
      kill(next, index);
      spend(plan, next, 'kill');
      steps.to(next, () => `${nameOf(member)} is killed${isMerging(member) ? ' in the middle of its merge' : ''}`);
    }
    if (runs(member) && allows(plan, state, 'freeze', index)) {
      const next = copyOf(state);
      memberAt(next, index).isFrozen = true;
      spend(plan, next, 'freeze');
      steps.to(next, () => `${nameOf(member)} freezes`);
    }
    if (member.isFrozen && allows(plan, state, 'wake', index)) {
      const next = copyOf(state);
      memberAt(next, index).isFrozen = false;
      spend(plan, next, 'wake');
      steps.to(next, () => `${nameOf(member)} wakes, and still believes that its cluster is ${setOf(member.view)}`);
    }
    if (member.phase === GONE && allows(plan, state, 'start', index)) {
      const next = copyOf(state);
      const started = memberAt(next, index);
      started.phase = STARTING;
      takeSeat(next, started, true);
      spend(plan, next, 'start');
      steps.to(next, () => `${nameOf(member)} starts as a new, empty process`);
    }
    if (member.phase === STARTING) {
      const next = copyOf(state);
      memberAt(next, index).phase = LISTENING;
      steps.to(next, () => `the port of ${nameOf(member)} accepts`);
    }
  }
  if (state.cut === 0) {
    for (let side = 1; side < (1 << size) - 1; side++) {
      if (!isCutAllowed(state, side)) continue;
      const next = copyOf(state);
      next.cut = side;
      spend(plan, next, 'cut');
      steps.to(next, () => `the network is cut: ${sideOf(side, size)}`);
    }
  } else if (allows(plan, state, 'heal')) {
    const next = copyOf(state);
    next.cut = 0;
    spend(plan, next, 'heal');
    steps.to(next, () => 'the network heals');
  }

  /** Of the two names for a cut, the side without member 1 is used; a script cuts off one member. */
  function isCutAllowed(of: State, side: number): boolean {
    if (plan.script === undefined) return (side & 1) === 0 && allows(plan, of, 'cut');
    return (side & (side - 1)) === 0 && allows(plan, of, 'cut', 31 - Math.clz32(side));
  }
}
