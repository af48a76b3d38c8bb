import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDepartures, type Departures } from './departures.ts';

const seats = (uuids: string) => uuids.split(' ').map((uuid) => ({ name: `member-${uuid[0]}`, process: uuid, uuid }));

const voters = seats('1 2 3');
let nowMs = 0;

function lacksIn(departures: Departures, uuids: string): boolean {
  departures.saw(seats(uuids), voters);
  return departures.isLacking;
}

test('copies may lack from a departure on until they are all in their places, and when a watch begins', () => {
  const departures = createDepartures(true, () => nowMs);
  assert.equal(lacksIn(departures, '1 2 3'), true);
  departures.filled();
  assert.equal(lacksIn(departures, '1 2 3'), false);
  assert.equal(lacksIn(departures, '1 3'), true);
  assert.equal(lacksIn(departures, '1 2b 3'), true);
  departures.filled();
  assert.equal(lacksIn(departures, '1 2b 3'), false);
});

test('where members do not tell, a watch that begins takes none for gone but a missing voter', () => {
  assert.equal(
    lacksIn(
      createDepartures(false, () => nowMs),
      '1 2 3 4',
    ),
    false,
  );
  assert.equal(
    lacksIn(
      createDepartures(false, () => nowMs),
      '1 2',
    ),
    true,
  );
});

test('who joins takes no copy away', () => {
  const departures = createDepartures(true, () => nowMs);
  assert.equal(lacksIn(departures, '1 3'), true);
  departures.filled();
  assert.equal(lacksIn(departures, '1 2 3'), false);
});

test('it is known for how long', () => {
  const departures = createDepartures(true, () => nowMs);
  nowMs += 7; // its member is away
  lacksIn(departures, '1 2');
  nowMs += 7;
  lacksIn(departures, '1 2');
  assert.equal(departures.lackingMs, 7);
  departures.filled();
  assert.equal(departures.lackingMs, 0);
});
