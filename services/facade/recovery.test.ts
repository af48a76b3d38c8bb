import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClusterView } from '../shared/cluster-view.ts';
import { createSilentLog } from '../shared/log.ts';
import type { Message } from '../shared/message.ts';
import { encodeLines } from '../shared/message-stream.ts';
import type { LoggerClient } from './logger-client.ts';
import { createRecovery } from './recovery.ts';

const cluster = (...members: string[]) => createClusterView(members.map((member) => member.repeat(8)));
const message = (n: number): Message => ({
  UUID: `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`,
  msg: `text ${n}`,
});
const messages = (count: number) => Array.from({ length: count }, (_, n) => message(n));

/** A logger with a table of its own. */
function createLogger(stored: readonly Message[]) {
  const table = new Map(stored.map(({ UUID, msg }) => [UUID, msg]));
  const logger = { table, batches: 0, fails: false };
  const client: LoggerClient = {
    name: 'logger-1',
    url: 'http://127.0.0.1:1',
    async store(batch) {
      if (logger.fails) throw new Error('gone');
      logger.batches++;
      for (const { UUID, msg } of batch) table.set(UUID, msg);
      return { outcomes: batch.map(() => 'stored' as const), cluster: cluster('a') };
    },
    async read() {
      const rows = [...table].slice(0, 1).map(([UUID, msg]) => ({ UUID, msg }));
      async function* chunks() {
        if (rows.length > 0) yield encodeLines(rows);
      }
      return { chunks: chunks(), cluster: cluster('a'), clusterAtEnd: () => cluster('a') };
    },
    health: async () => ({ ready: true }),
  };
  return { logger, client };
}

test('as long as a member is left of the cluster that messages were stored in, nothing is stored again', async () => {
  const recovery = createRecovery(createSilentLog());
  const { logger, client } = createLogger([message(0)]);
  assert.equal(await recovery.settle(client, cluster('a', 'b', 'c')), false);
  recovery.note(messages(10), cluster('a', 'b', 'c'));
  assert.equal(await recovery.settle(client, cluster('c', 'd')), false);
  assert.equal(logger.batches, 0);
});

test('when none is left, what was stored lately is stored again, once for all who ask', async () => {
  const recovery = createRecovery(createSilentLog());
  const { logger, client } = createLogger([message(0)]);
  recovery.note(messages(600), cluster('c'));
  const now = cluster('a', 'b');
  const settled = await Promise.all([recovery.settle(client, now), recovery.settle(client, now)]);
  assert.deepEqual(settled, [true, true]);
  assert.equal(logger.batches, 3);
  assert.equal(logger.table.size, 600);
  assert.equal(await recovery.settle(client, now), false);
});

test('members that were all started anew stay empty', async () => {
  const recovery = createRecovery(createSilentLog());
  const { logger, client } = createLogger([]);
  recovery.note(messages(10), cluster('c'));
  await recovery.settle(client, cluster('a', 'b'));
  assert.equal(logger.table.size, 0);
  assert.equal(await recovery.settle(client, cluster('a', 'b')), false);
});

test('when it fails, it is tried again', async () => {
  const recovery = createRecovery(createSilentLog());
  const { logger, client } = createLogger([message(0)]);
  recovery.note(messages(10), cluster('c'));
  logger.fails = true;
  await assert.rejects(recovery.settle(client, cluster('a', 'b')), /gone/);
  logger.fails = false;
  assert.equal(await recovery.settle(client, cluster('a', 'b')), true);
  assert.equal(logger.table.size, 10);
});

test('what waits while it is done for another cluster has it done for its own', async () => {
  const recovery = createRecovery(createSilentLog());
  const [one, other] = [createLogger([message(0)]), createLogger([message(0)])];
  recovery.note(messages(10), cluster('c'));
  await Promise.all([recovery.settle(one.client, cluster('a')), recovery.settle(other.client, cluster('b'))]);
  assert.deepEqual([one.logger.table.size, other.logger.table.size], [10, 10]);
});
