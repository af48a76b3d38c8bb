import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Seat } from '../member/session.ts';
import { hasQuorum, nextVoters, type Situation } from './quorum.ts';

const configured = ['member-1', 'member-2', 'member-3'];

/** `1a` is the first process of member-1, `1b` the next one, `1a'` the first one after a merge. */
function seat(code: string): Seat {
  return { name: `member-${code[0]}`, process: code.slice(0, 2), uuid: code };
}
const seats = (codes: string) => codes.split(' ').filter(Boolean).map(seat);

/** A situation: who is in the cluster, who counted last, and which members elsewhere may live. */
function situation(view: string, voters: string | undefined, alive = '', isSettled = false): Situation {
  return {
    configured,
    view: seats(view),
    voters: voters === undefined ? undefined : { version: 7, seats: seats(voters) },
    mayLive: (name) => alive.includes(name.slice(-1)),
    isSettled,
  };
}

describe('which cluster of three members counts', () => {
  const rows: readonly (readonly [what: string, ...Parameters<typeof situation>, counts: boolean])[] = [
    ['all three', '1a 2a 3a', '1a 2a 3a', '', false, true],
    ['two, the third one killed', '1a 2a', '1a 2a 3a', '', false, true],
    ['two, the third one frozen or cut off', '1a 2a', '1a 2a 3a', '3', false, true],
    ['that third one alone', '3a', '1a 2a 3a', '12', true, false],
    ['one, the two others killed', '1a', '1a 2a 3a', '', false, true],
    ['one, the two others frozen', '1a', '1a 2a 3a', '23', true, false],
    ['one, one killed and one frozen', '1a', '1a 2a 3a', '3', true, false],
    ['one that counted alone, the others started again and not joined', '1a', '1a', '23', false, true],
    ['those two, with nothing stored', '2b 3b', undefined, '1', true, false],
    ['those two, once the first one is killed', '2b 3b', undefined, '', true, true],
    ['all new, not settled yet', '1a 2a 3a', undefined, '', false, false],
    ['all new and settled', '1a 2a 3a', undefined, '', true, true],
    ['one that was merged, not settled yet', "1a' 2b", '1a', '', false, false],
    ['the same, settled', "1a' 2b", '1a', '', true, true],
    ['two of three beside a merged one', "1a 2a 3a'", '1a 2a 3a', '', false, true],
    ['one beside a merged one', "1a 2a'", '1a 2a', '', false, false],
    ['a new process in the place of a voter', '1a 2b', '1a 2a', '', false, true],
    ['a merged one alone, another one frozen', "1a'", '1a', '2', true, false],
    ['a merged one alone, the others dead', "1a'", '1a', '', true, true],
    ['a merged one beside a new one, the third one frozen', "1a' 2b", '1a', '3', true, false],
    ['only new processes in the places of the voters', '1b 2b 3b', '1a 2a 3a', '', true, true],
    ['the same, not settled', '1b 2b 3b', '1a 2a 3a', '', false, false],
  ];
  for (const [what, view, voters, alive, isSettled, counts] of rows)
    test(`${what}: ${counts ? 'it counts' : 'it does not'}`, () => {
      assert.equal(hasQuorum(situation(view, voters, alive, isSettled)), counts);
    });
});

describe('the voters that a cluster should have', () => {
  const codes = (next: { readonly seats: readonly Seat[] }) => next.seats.map(({ uuid }) => uuid).join(' ');

  test('are its members, and those elsewhere that may live', () => {
    assert.equal(codes(nextVoters(situation('1a 2a', '1a 2a 3a', '3'))), '1a 2a 3a');
    assert.equal(codes(nextVoters(situation('1a 2a', '1a 2a 3a', ''))), '1a 2a');
    assert.equal(codes(nextVoters(situation("1a 2b 3a'", '1a 2a 3a', ''))), "1a 2b 3a'");
    assert.equal(codes(nextVoters(situation('2a 1a', undefined))), '1a 2a');
  });

  test('keep what is noted beside them while half of those who had the messages are there, and not merged', () => {
    const noteOf = (view: string, before: string, alive = '') => {
      const { voters, ...rest } = situation(view, before, alive);
      return nextVoters({ ...rest, voters: { version: 7, seats: voters?.seats ?? [], note: 'filled' } }).note;
    };
    assert.equal(noteOf('1a', '1a 2a'), 'filled');
    assert.equal(noteOf('1b 2a 3a', '1a 2a'), 'filled');
    assert.equal(noteOf('1a 2a', '1a 2a 3a', '3'), 'filled');
    assert.equal(noteOf("1a 2a' 3a'", '1a 2a'), 'filled');
    assert.equal(noteOf("1a' 3a", '1a 2a'), undefined);
    assert.equal(noteOf('3a', '1a 2a 3a'), undefined);
    assert.equal(noteOf('1b 2b 3a', '1a 2a'), undefined);
    assert.equal(noteOf('3a', '1a 2a', '2'), undefined);
  });

  test('are the same object while nothing is to be changed, else of the next version', () => {
    const same = situation('2a 1a', '1a 2a');
    assert.equal(nextVoters(same), same.voters);
    assert.equal(nextVoters(situation('1a', '1a 2a')).version, 8);
    assert.equal(nextVoters(situation('1a', undefined)).version, 1);
  });
});
