import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDepartures } from './departures.ts';

const seats = (uuids: string) => uuids.split(' ').map((uuid) => ({ name: `member-${uuid[0]}`, process: uuid, uuid }));

const voters = seats('1 2 3');

test('copies may lack from a departure on until they are all in their places, and when a watch begins', () => {
  const departures = createDepartures(true);
  assert.equal(departures.mayLack(seats('1 2 3'), voters), true);
  departures.filled();
  assert.equal(departures.mayLack(seats('1 2 3'), voters), false);
  assert.equal(departures.mayLack(seats('1 3'), voters), true);
  assert.equal(departures.mayLack(seats('1 2b 3'), voters), true);
  departures.filled();
  assert.equal(departures.mayLack(seats('1 2b 3'), voters), false);
});

test('where members do not tell, a watch that begins takes none for gone but a missing voter', () => {
  assert.equal(createDepartures(false).mayLack(seats('1 2 3 4'), voters), false);
  assert.equal(createDepartures(false).mayLack(seats('1 2'), voters), true);
});

test('who joins takes no copy away', () => {
  const departures = createDepartures(true);
  departures.mayLack(seats('1 3'), voters);
  departures.filled();
  assert.equal(departures.mayLack(seats('1 2 3'), voters), false);
});
