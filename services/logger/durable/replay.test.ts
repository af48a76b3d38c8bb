import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Message } from '../../shared/message/message.ts';
import { Problem } from '../../shared/message/problem.ts';
import { createSilentLog } from '../../shared/observing/log.ts';
import type { StoreOutcome } from '../message-store.ts';
import type { ReadBatch } from './log-survey.ts';
import { openReplay } from './replay.ts';

const messageOf = (n: number, msg = `text ${n}`): Message => ({
  UUID: `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`,
  msg,
});

/** The members of a cluster that counts: what they hold, and what is noted beside their voters. */
function createMembers() {
  let standing: { readonly note?: string } | undefined = {};
  const texts = new Map<string, string>();
  return {
    texts,
    /** How often putting messages back fails. */
    failures: 0,
    /** Called with each batch that is put back. */
    onPut: () => {},
    note: () => standing?.note,
    away() {
      standing = undefined;
    },
    loseAll() {
      texts.clear();
      standing = {};
    },
    quorum: {
      standing() {
        if (standing === undefined) throw new Problem('unavailable', 'The cluster does not count.');
        return standing;
      },
      noteOf: ({ note }: { readonly note?: string }) => note,
      async confirmStore(held: object) {
        if (held !== standing) throw new Problem('unavailable', 'The cluster changed.');
      },
      async replaceNote(held: object, note: string) {
        if (held !== standing) return false;
        standing = { note };
        return true;
      },
    },
    put(isSettled: boolean) {
      return async (messages: readonly Message[]): Promise<StoreOutcome[]> => {
        await pause(1);
        if (this.failures-- > 0) throw new Problem('unavailable', 'A member left.');
        this.onPut();
        for (const { UUID, msg } of messages) if (isSettled || !texts.has(UUID)) texts.set(UUID, msg);
        return messages.map(() => 'stored');
      };
    },
  };
}

interface OpenOptions {
  readonly log?: string;
  readonly batches?: readonly ReadBatch[];
}

const settled = (...messages: Message[]): ReadBatch => ({ messages, isSettled: true });

function open(t: TestContext, members: ReturnType<typeof createMembers>, n: number, options: OpenOptions = {}) {
  const { log = 'log-a', batches = [settled(messageOf(n))] } = options;
  const messages = batches.reduce((sum, batch) => sum + batch.messages.length, 0);
  const survey = {
    bytes: 1,
    messages,
    unsettled: new Set<number>(),
    voided: new Map(),
    damage: [],
    tornBytes: 0,
  };
  const replay = openReplay({
    disk: {
      folder: `data/logger-${n}`,
      identity: { log, logger: `logger-${n}`, loggers: ['logger-1', 'logger-2'] },
      figures: () => ({ bytes: 1, messages }),
      open: async () => ({
        survey,
        async *batches() {
          yield* batches;
        },
        close: async () => {},
      }),
    },
    quorum: members.quorum,
    restored: members.put(true),
    stored: members.put(false),
    newId: () => `filling ${Math.random()}`,
    onFilled: () => {},
    log: createSilentLog(),
  });
  t.after(() => replay.close());
  return replay;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    assert.ok(tries < 500, what);
    await pause(20);
  }
}

const isServed = (replay: ReturnType<typeof open>) => {
  try {
    return replay.standing() !== undefined;
  } catch (error) {
    assert.equal((error as Problem).code, 'unavailable');
    return false;
  }
};

test('nobody is served before every logger has put back what its disk has', async (t) => {
  const members = createMembers();
  const one = open(t, members, 1);
  assert.equal(isServed(one), false);
  await until('the first is done', () => /logger-2 is not done/.test(one.objection()?.reason ?? ''));
  assert.equal(one.objection()?.state, 'replaying');
  assert.equal(isServed(one), false);
  const two = open(t, members, 2);
  await until('both are served', () => isServed(one) && isServed(two));
  await until('both say so', () => one.objection() === undefined && two.objection() === undefined);
  assert.equal(members.texts.size, 2);
});

test('a cluster that loses everything again is filled again', async (t) => {
  const members = createMembers();
  const both = [open(t, members, 1), open(t, members, 2)];
  await until('both are served', () => both.every(isServed));
  members.loseAll();
  assert.deepEqual(both.map(isServed), [false, false]);
  await until('both are served again', () => both.every(isServed));
  assert.equal(members.texts.size, 2);
});

test('a loss in the middle of it begins it anew', async (t) => {
  const members = createMembers();
  const batches = Array.from({ length: 20 }, (_, n) => settled(messageOf(n, 'x'.repeat(1_100_000))));
  let puts = 0;
  members.onPut = () => {
    if (++puts === 10) members.loseAll();
  };
  const both = [open(t, members, 1, { batches }), open(t, members, 2, { batches: [] })];
  await until('both are served', () => both.every(isServed));
  assert.equal(members.texts.size, 20);
  assert.ok(puts > 20);
});

test('what fails is tried again, and a logger that ends in the middle goes on with its next process', async (t) => {
  const members = createMembers();
  members.failures = 3;
  const first = open(t, members, 1);
  await first.close();
  const again = [open(t, members, 1), open(t, members, 2)];
  await until('both are served', () => again.every(isServed));
  assert.equal(members.texts.size, 2);
});

test('of two texts under one UUID the one that is known to be stored is put back, whichever comes first', async (t) => {
  for (const isFirst of [true, false]) {
    const members = createMembers();
    const known = [settled(messageOf(1, 'known'))];
    const maybe = [{ messages: [messageOf(1, 'maybe'), messageOf(2, 'alone')], isSettled: false }];
    const one = open(t, members, 1, { batches: isFirst ? known : maybe });
    await until('the first is done', () => /logger-2 is not done/.test(one.objection()?.reason ?? ''));
    const two = open(t, members, 2, { batches: isFirst ? maybe : known });
    await until('both are served', () => isServed(one) && isServed(two));
    assert.deepEqual([...members.texts.values()].sort(), ['alone', 'known']);
  }
});

test('a folder of another log is told apart, named, and not served', async (t) => {
  const members = createMembers();
  open(t, members, 1);
  await until('it has begun', () => members.note() !== undefined);
  const foreign = open(t, members, 2, { log: 'log-b' });
  await until('it says so', () => foreign.objection()?.state === 'foreign-data');
  assert.match(
    foreign.objection()?.reason ?? '',
    /data\/logger-2 belongs to the log log-b .* the members have the log log-a/,
  );
  assert.equal(isServed(foreign), false);
  assert.equal([...members.texts.values()].includes('text 2'), false);
});

test('while the cluster does not count nothing is put back', async (t) => {
  const members = createMembers();
  members.away();
  const one = open(t, members, 1);
  await pause(300);
  assert.equal(members.texts.size, 0);
  assert.equal(isServed(one), false);
});
