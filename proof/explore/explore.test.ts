import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCanonical } from './canonical.ts';
import { exploreBroken, exploreRule } from './explorations.ts';
import { DISKS, type Model } from './model.ts';
import { doneIn, noteOf, withDone } from './notes.ts';
import { parseOptions } from './options.ts';
import { exploreRow, ROWS } from './rows.ts';
import { createJudge } from './rule.ts';
import { BROKEN_RULES, RULE } from './rules.ts';
import { beginOf, stepsFrom } from './search.ts';
import { SEATS } from './seats.ts';
import { copyOf, memberAt, type Request, type State } from './state.ts';

const KINDS = ['kill', 'freeze', 'cut'] as const;

test('nothing is found in the rule within eleven steps and two faults', () => {
  const outcome = exploreRule({ seconds: 60, depth: 10, faults: 2, kinds: KINDS, members: 3, disks: 'none' });
  assert.deepEqual(outcome.findings, []);
  assert.equal(outcome.depth, 11);
  assert.ok(outcome.states > 20_000, `${outcome.states} states`);
});

for (const rule of BROKEN_RULES) {
  test(`it is found if ${rule.summary}`, () => {
    const finding = exploreBroken(rule, 600).findings.find(({ breach }) => breach === rule.breach);
    assert.ok(finding !== undefined && finding.story.length > 0);
  });
}

test('a script is explored alone: the stale read after three pauses that overlap is found', () => {
  const { script, parts, ...extent } =
    parseOptions(['--script', 'freeze 1, freeze 3, wake 1, wake 3, freeze 3']) ?? assert.fail();
  assert.deepEqual(parts, ['script']);
  assert.deepEqual(
    exploreRule({ ...extent, faults: 0 }, RULE, script).findings.map(({ breach }) => breach),
    ['stale read'],
  );
  assert.equal(parseOptions(['--script', 'freeze 1, melt 3']), undefined);
});

test('a member follows another one into a merge only if that was the smaller side with it', () => {
  const {
    script,
    parts: _,
    ...extent
  } = parseOptions(['--script', 'freeze 2, wake 2, freeze 3, wake 3, kill 2, start 2', '--depth', '19']) ??
  assert.fail();
  const outcome = exploreRule({ ...extent, faults: 0 }, RULE, script);
  assert.deepEqual(outcome.findings, []);
  assert.equal(outcome.depth, 20);
});

for (const row of ROWS.filter(({ script }) => !/wake|start|heal/.test(script))) {
  test(`${row.expected} with ${row.situation}`, () => {
    const { holds, outcome } = exploreRow(row, RULE, 600);
    assert.ok(holds && outcome.isComplete, JSON.stringify(outcome.findings));
  });
}

test('with disks all is found again after two members were killed', () => {
  const outcome = exploreRule({ seconds: 600, depth: 1_000, faults: 2, kinds: ['kill'], members: 2, disks: 'beside' });
  assert.ok(outcome.isComplete);
  assert.deepEqual(outcome.findings, []);
});

for (const disks of DISKS) {
  test(`states that differ only in the names of the members are one: with disks "${disks}"`, () => {
    const model: Model = {
      size: 3,
      plan: { kinds: KINDS, most: 4, script: undefined },
      guards: RULE,
      judge: createJudge(RULE),
      disks,
    };
    const canonical = createCanonical(3, true, disks !== 'none');
    let state = beginOf(model);
    for (let step = 0; step < 2_000; step++) {
      const renamed = renameMembers(state, [1, 2, 0]);
      const words = [...canonical.wordsOf(copyOf(state))];
      assert.deepEqual([...canonical.wordsOf(renamed)], words);
      const nexts: State[] = [];
      stepsFrom(model, state, { to: (next) => nexts.push(next), breach: () => undefined });
      const next = nexts[(step * 7919) % nexts.length] ?? beginOf(model);
      canonical.wordsOf(next); // Forgets the seats that nothing refers to, as the search does.
      state = step % 50 === 49 ? beginOf(model) : next;
    }
  });
}

/** Gives each member another place: `to[index]`. */
function renameMembers(state: State, to: readonly number[]): State {
  const place = (index: number) => to[index] ?? index;
  const sets = (seats: number) =>
    to.reduce((all, target, index) => all | (((seats >> (index * SEATS)) & 63) << (target * SEATS)), 0);
  const places = (indexes: number) => to.reduce((all, target, index) => all | (((indexes >> index) & 1) << target), 0);
  const noted = (version: number) => withDone(version, places(doneIn(noteOf(version))));
  const request = (of: Request): Request =>
    of.logger === -1
      ? of
      : {
          ...of,
          logger: place(of.logger),
          view: sets(of.view),
          voters: sets(of.voters),
          version: noted(of.version),
        };
  const members = state.members.map((_, at) => {
    const member = memberAt(state, to.indexOf(at));
    const { seat, starts, view, known, voters, mergingVoters, changeFrom, changeTo } = member;
    const { version, mergingVersion, changeVersion, changeNote } = member;
    return {
      ...member,
      index: at,
      owner: place(member.owner),
      changeAt: member.changeAt === -1 ? -1 : place(member.changeAt),
      refused: places(member.refused),
      seat: sets(seat),
      starts: sets(starts),
      view: sets(view),
      known: sets(known),
      voters: sets(voters),
      mergingVoters: sets(mergingVoters),
      changeFrom: sets(changeFrom),
      changeTo: sets(changeTo),
      version: noted(version),
      mergingVersion: noted(mergingVersion),
      changeVersion: noted(changeVersion),
      changeNote: noteOf(noted(changeNote << 8)),
    };
  });
  return { ...state, members, cut: places(state.cut), store: request(state.store), read: request(state.read) };
}
