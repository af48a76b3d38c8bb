import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAudit } from './audit.ts';

const MEMBERS = ['member-1', 'member-2'];

/** An audit of a map that lacks some UUIDs, what was looked up in it, and its clock. */
function openAudit() {
  const lacks = new Set<string>();
  const looked: (readonly string[])[] = [];
  const clock = { ms: 0 };
  const audit = createAudit({
    async findMissing(UUIDs) {
      looked.push(UUIDs);
      return UUIDs.filter((UUID) => lacks.has(UUID));
    },
    now: () => clock.ms,
  });
  return { audit, lacks, looked, clock };
}

test('what was added is looked up once, in its order, so many at a time', async () => {
  const { audit, looked } = openAudit();
  const UUIDs = Array.from({ length: 3_000 }, (_, n) => String(n));
  for (const UUID of UUIDs) audit.add(UUID);
  for (let n = 0; n < 4; n++) await audit.lookUp(MEMBERS);
  assert.deepEqual(
    looked.map(({ length }) => length),
    [2_000, 1_000],
  );
  assert.deepEqual(looked.flat(), UUIDs);
  assert.deepEqual(audit.state(), { kept: 3_000, checked: 3_000, missing: 0 });
});

test('all is looked up anew when a member comes or goes, and some time after the last', async () => {
  const { audit, looked, clock } = openAudit();
  audit.add('a');
  await audit.lookUp(MEMBERS);
  await audit.lookUp(['member-1']);
  clock.ms = 9_000;
  await audit.lookUp(['member-1']);
  assert.equal(looked.length, 2);
  clock.ms = 11_000;
  await audit.lookUp(['member-1']);
  assert.equal(looked.length, 3);
});

test('a message is missing when it was not found twice, until it is found', async () => {
  const { audit, lacks, looked } = openAudit();
  for (const UUID of ['a', 'b']) audit.add(UUID);
  lacks.add('b');
  await audit.lookUp(MEMBERS);
  assert.equal(audit.state().missing, 0);
  await audit.lookUp(MEMBERS);
  assert.deepEqual(looked[1], ['b']);
  assert.deepEqual(audit.state(), { kept: 2, checked: 2, missing: 1 });
  lacks.clear();
  await audit.lookUp(MEMBERS);
  assert.equal(audit.state().missing, 0);
});

test('a look that fails, or that nobody could answer, tells nothing', async () => {
  const audit = createAudit({ findMissing: () => Promise.reject(new Error('no logger')), now: () => 0 });
  audit.add('a');
  await audit.lookUp(undefined);
  await audit.lookUp(MEMBERS);
  assert.deepEqual(audit.state(), { kept: 1, checked: 0, missing: 0 });
});

test('of very many the last 200,000 are kept', async () => {
  const { audit, looked } = openAudit();
  for (let n = 0; n < 500_000; n++) audit.add(String(n));
  const { kept } = audit.state();
  assert.ok(kept >= 200_000 && kept < 220_000, String(kept));
  await audit.lookUp(MEMBERS);
  assert.equal(looked[0]?.[0], String(500_000 - kept));
});
