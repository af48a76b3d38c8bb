import { type ClusterContext, has, type Member, sendTo } from './member.ts';

type Part = Map<string, string>;

/** What is done to a partition by its owner. */
export interface Operation {
  /** How many backups it has, if it changes something. */
  readonly backupCount: number;
  /** Gives its result, and what the backups have to do if something changed. */
  run(part: Part): { readonly value: unknown; readonly backup?: (part: Part) => void };
}

/** An operation that a member has another one, or itself, do for its caller. */
export interface Invocation {
  readonly partition: number;
  readonly operation: Operation;
  readonly done: (error: Error | undefined, value?: unknown) => void;
  owner: string;
  /** Which try it is: answers to an earlier one are none. */
  tries: number;
  isAnswered: boolean;
  value: unknown;
  missingBackups: number;
}

const BACKUP_TIMEOUT_MS = 1_000;
const RETRY_MS = 100;
const MOST_TRIES = 150;

/** Has an operation done by the owner of a partition, as the member believes; `done` is called at most once. */
export function invoke(
  context: ClusterContext,
  member: Member,
  partition: number,
  operation: Operation,
  done: Invocation['done'],
): void {
  const invocation: Invocation = {
    partition,
    operation,
    done,
    owner: '',
    tries: 0,
    isAnswered: false,
    value: undefined,
    missingBackups: 0,
  };
  member.invocations.add(invocation);
  attempt(context, member, invocation);
}

/** Ends it; no answer to it is heeded any more. */
function finish(member: Member, invocation: Invocation, error: Error | undefined, value?: unknown): void {
  if (member.invocations.delete(invocation)) invocation.done(error, value);
}

function attempt(context: ClusterContext, member: Member, invocation: Invocation): void {
  if (!member.invocations.has(invocation)) return;
  if (member.phase !== 'joined' || ++invocation.tries > MOST_TRIES)
    return void finish(member, invocation, new Error('the member is not active'));
  const owner = member.table[invocation.partition]?.[0] ?? '';
  const seat = member.view.find(({ uuid }) => uuid === owner);
  if (seat === undefined) return void retry(context, member, invocation);
  invocation.owner = owner;
  invocation.missingBackups = 0;
  const { tries } = invocation;
  if (owner === member.uuid) execute(context, member, member, invocation, tries);
  else sendTo(context, member, seat, (at) => execute(context, at, member, invocation, tries));
}

function retry(context: ClusterContext, member: Member, invocation: Invocation): void {
  const pauseMs = invocation.tries < 3 ? 10 : RETRY_MS;
  context.clock.after(pauseMs, member.vp, () => attempt(context, member, invocation));
}

/** The owner's part; `caller` is the member that the client is connected to. */
function execute(context: ClusterContext, at: Member, caller: Member, invocation: Invocation, tries: number): void {
  const callerSeat = { name: caller.name, process: caller.process, uuid: caller.uuid };
  const answer = (deliver: () => void) => (at === caller ? deliver() : sendTo(context, at, callerSeat, deliver));
  const { partition, operation } = invocation;
  const isCurrent = () => invocation.tries === tries && caller.invocations.has(invocation);
  const isOwner = at.table[partition]?.[0] === at.uuid && !at.moving.has(partition);
  const part = at.parts[partition];
  if (at.phase !== 'joined' || !isOwner || !has(at, caller.uuid) || part === undefined)
    return void answer(() => isCurrent() && retry(context, caller, invocation));
  const { value, backup } = operation.run(part);
  // As many as there can be; a place among them that is vacant is passed over without a word.
  const most = Math.min(operation.backupCount, at.view.length - 1);
  const places = (at.table[partition] ?? []).slice(1, 1 + most);
  const backups = backup === undefined ? [] : places.filter(Boolean);
  for (const uuid of backups) {
    const seat = at.view.find((each) => each.uuid === uuid);
    if (seat === undefined) continue; // then its acknowledgement does not come
    sendTo(context, at, seat, (holder) => {
      // Who was left out, or is no member any more, cannot make a copy.
      const held = holder.parts[partition];
      if (holder.phase !== 'joined' || !has(holder, at.uuid) || held === undefined) return;
      backup?.(held);
      const acknowledge = () => isCurrent() && acknowledged(caller, invocation);
      if (holder === caller) acknowledge();
      else if (has(holder, caller.uuid)) sendTo(context, holder, callerSeat, acknowledge);
    });
  }
  answer(() => {
    if (!isCurrent()) return;
    invocation.isAnswered = true;
    invocation.value = value;
    invocation.missingBackups += backups.length;
    if (invocation.missingBackups === 0) return finish(caller, invocation, undefined, value);
    context.clock.after(BACKUP_TIMEOUT_MS, caller.vp, () => finish(caller, invocation, undefined, value));
  });
}

function acknowledged(caller: Member, invocation: Invocation): void {
  invocation.missingBackups--; // it may come before the answer does
  if (invocation.isAnswered && invocation.missingBackups === 0) finish(caller, invocation, undefined, invocation.value);
}

/** Repeats what a member waits for from others that have left its view. */
export function failInvocations(context: ClusterContext, member: Member, left: ReadonlySet<string>): void {
  for (const invocation of [...member.invocations]) {
    if (invocation.isAnswered || !left.has(invocation.owner)) continue;
    retry(context, member, invocation);
  }
}

/** Ends all that a member waits for: it becomes another one. */
export function endInvocations(member: Member): void {
  for (const invocation of [...member.invocations]) finish(member, invocation, new Error('the member is not active'));
}
