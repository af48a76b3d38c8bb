import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openInProcess } from '../../../test/in-process.ts';
import { parseSeen } from './seen.ts';
import { textOf } from './texts.ts';

test('what the facade answers in each format is read, special texts and UUIDs too', async () => {
  const own = await openInProcess();
  const seed = 11;
  const uuids: Record<number, string> = {};
  // Every kind of special text is among these, and each is sent as another kind of body.
  for (const n of [0, 1, 50, 51, 100, 150, 200]) {
    const msg = textOf(seed, n);
    const bodies = [
      { type: 'application/json', body: JSON.stringify({ msg }) },
      { type: 'application/x-www-form-urlencoded', body: new URLSearchParams({ msg }).toString() },
      { type: 'text/plain', body: msg },
    ];
    for (const { type, body } of bodies) {
      const idempotencyKey = uuids[n] === undefined ? {} : { 'Idempotency-Key': uuids[n] };
      const headers = { 'Content-Type': type, ...idempotencyKey };
      const response = await fetch(own.url, { method: 'POST', headers, body });
      assert.ok(response.ok, `${type} ${n}: ${response.status}`);
      uuids[n] = ((await response.json()) as { UUID: string }).UUID;
    }
  }
  const formats = { text: 'text/plain', json: 'application/json', ndjson: 'application/x-ndjson' } as const;
  for (const format of ['text', 'json', 'ndjson'] as const) {
    const body = await (await fetch(own.url, { headers: { Accept: formats[format] } })).text();
    const seen = parseSeen(format, body, { seed, firstN: 0, withUuids: true });
    const ranges = [
      [0, 1],
      [50, 51],
      [100, 100],
      [150, 150],
      [200, 200],
    ];
    const expected = { ranges, repeated: [], invented: [], outOfOrder: [] };
    assert.deepEqual(seen, format === 'text' ? expected : { ...expected, uuids });
  }
  await own.close();
});
