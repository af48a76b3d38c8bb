import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDepartures } from './departures.ts';

const seats = (uuids: string) => uuids.split(' ').map((uuid) => ({ name: `member-${uuid[0]}`, process: uuid, uuid }));

test('copies may lack from a departure on until they are all in their places, and when a watch begins', () => {
  const departures = createDepartures();
  assert.equal(departures.mayLack(seats('1 2 3')), true);
  departures.filled();
  assert.equal(departures.mayLack(seats('1 2 3')), false);
  assert.equal(departures.mayLack(seats('1 3')), true);
  assert.equal(departures.mayLack(seats('1 2b 3')), true);
  departures.filled();
  assert.equal(departures.mayLack(seats('1 2b 3')), false);
});

test('who joins takes no copy away', () => {
  const departures = createDepartures();
  departures.mayLack(seats('1 3'));
  departures.filled();
  assert.equal(departures.mayLack(seats('1 2 3')), false);
});
