import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beginTrace } from '../../shared/message/trace.ts';
import { createEvents, type Events, type Outcome, type Submission } from '../events.ts';
import { watchWrites } from './write-watch.ts';

const KEPT = 10_000;
const trace = beginTrace();
const logger = (n: number) => ({ name: `logger-${n}`, url: '' });
const submission = (UUID: string): Submission => ({ message: { UUID, msg: `text of ${UUID}` }, trace });

/** Has some messages stored by logger-1, as one batch. */
function store(events: Events, batch: readonly Submission[], outcome: Outcome = 'stored'): void {
  for (const one of batch) events.emit('arrived', one);
  const attempt = { logger: logger(1), batch, trace };
  events.emit('attemptBegun', attempt);
  events.emit('attemptEnded', attempt);
  for (const one of batch) events.emit('answered', one, { outcome, logger: 'logger-1' });
}

test('the ways of the last 10,000 are known, also of those that came while nobody looked', () => {
  const events = createEvents();
  const { ways, waysOf } = watchWrites(events, () => {});
  for (let n = 0; n < 25_000; n += 100) {
    store(
      events,
      Array.from({ length: 100 }, (_, index) => submission(`uuid-${n + index}`)),
    );
  }
  assert.equal(ways.length, KEPT);
  const [last, first, before] = [24_999, 15_000, 14_999].map((n) => waysOf([`uuid-${n}`]).get(`uuid-${n}`));
  assert.deepEqual([last?.logger, last?.attempts.length], ['logger-1', 1]);
  assert.equal(first?.logger, 'logger-1');
  assert.equal(before, undefined);
});

test('a way has each attempt, those that failed too', () => {
  const events = createEvents();
  const told: string[] = [];
  const { ways, counts } = watchWrites(events, ({ UUID }, text) => told.push(`${UUID}: ${text}`));
  const one = submission('one');
  events.emit('arrived', one);
  assert.equal(counts().pending, 1);
  const attempts = [1, 2, 3].map((n) => ({ logger: logger(n), batch: [one], trace }));
  const [first, second, third] = attempts;
  assert.ok(first && second && third);
  events.emit('attemptBegun', first);
  events.emit('attemptFailed', first, new Error('it was shut down'));
  events.emit('attemptBegun', second);
  events.emit('attemptBegun', third);
  events.emit('attemptEnded', third);
  events.emit('answered', one, { outcome: 'stored', logger: 'logger-3', isRepeat: true });
  const [way] = ways;
  assert.deepEqual(
    way?.attempts.map(({ logger, endedMs, error }) => [logger, endedMs !== undefined, error]),
    [
      ['logger-1', true, 'it was shut down'],
      ['logger-2', false, undefined],
      ['logger-3', true, undefined],
    ],
  );
  assert.equal(way?.logger, 'logger-3');
  assert.deepEqual(told, ['one: text of one']);
  assert.deepEqual(counts(), { stored: 0, found: 1, pending: 0, byLogger: { 'logger-3': 1 } });
});

test('a message that is sent again keeps the way by which it was stored; one that is refused has none', () => {
  const events = createEvents();
  const { ways, counts } = watchWrites(events, () => {});
  store(events, [submission('one')]);
  const [way] = ways;
  store(events, [submission('one')], 'present');
  store(events, [submission('other')], 'conflict');
  assert.deepEqual(ways, [way]);
  assert.equal(counts().stored, 1);
});

test('the ways of 10,000 take less than 4 MB, however long the texts were', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const events = createEvents();
  const watch = watchWrites(events, () => {});
  const before = used();
  for (let n = 0; n < KEPT; n++) {
    // As a request brings it: the UUID is a part of a long text.
    const fields = new URLSearchParams(`UUID=${randomUUID()}&msg=${'x'.repeat(1_000)}`);
    const message = { UUID: fields.get('UUID') ?? '', msg: fields.get('msg') ?? '' };
    store(events, [{ message, trace }]);
  }
  const megabytes = (used() - before) / 1_048_576;
  assert.equal(watch.ways.length, KEPT);
  assert.ok(megabytes < 4, `${megabytes} MB`);
});
