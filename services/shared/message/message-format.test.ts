import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadRange } from './message.ts';
import { formatMessages } from './message-format.ts';
import { encodeLines } from './message-stream.ts';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const keyOf = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;
const NIL = '00000000-0000-0000-0000-000000000000';

for (const [what, { range, before, count, next }] of Object.entries({
  'ends at its limit': { range: { limit: 5 }, before: undefined, count: 5, next: keyOf(4) },
  'has all where there is no more': { range: { limit: 12 }, before: undefined, count: 12, next: null },
  'ends before a message under way': { range: { limit: 9 }, before: keyOf(5), count: 5, next: keyOf(4) },
  'ends before one at the end of a chunk': { range: { limit: 9 }, before: keyOf(4), count: 4, next: keyOf(3) },
  'ends before one that is not there yet': { range: { limit: 9 }, before: `${keyOf(3)}5`, count: 4, next: keyOf(3) },
  'ends before none that comes behind all': { range: { limit: 12 }, before: keyOf(12), count: 12, next: null },
  'is empty where the first is under way, and goes on there': {
    range: { limit: 9, after: UUID },
    before: keyOf(0),
    count: 0,
    next: UUID,
  },
  'is empty where the first of all is under way, and goes on there': {
    range: { limit: 9 },
    before: keyOf(0),
    count: 0,
    next: NIL,
  },
} as Record<string, { range: ReadRange; before: string | undefined; count: number; next: string | null }>)) {
  test(`a page ${what}`, async () => {
    const chunks = [0, 4, 8].map((from) =>
      encodeLines([0, 1, 2, 3].map((n) => ({ UUID: keyOf(from + n), msg: `m${from + n}` }))),
    );
    const lines = (async function* () {
      yield* chunks;
    })();
    let body = '';
    for await (const part of formatMessages(lines, 'application/json', { ...range, before: () => before }))
      body += part;
    const page = JSON.parse(body);
    assert.deepEqual(
      page.messages.map((message: { UUID: string }) => message.UUID),
      Array.from({ length: count }, (_, n) => keyOf(n)),
    );
    assert.equal(page.next, next);
  });
}

test('what has no limit is told whole, whatever is under way', async () => {
  const lines = (async function* () {
    yield encodeLines([{ UUID: keyOf(1), msg: 'a' }]);
  })();
  let body = '';
  for await (const part of formatMessages(lines, 'application/json', { before: () => keyOf(0) })) body += part;
  assert.deepEqual(JSON.parse(body), { messages: [{ UUID: keyOf(1), msg: 'a' }] });
});
