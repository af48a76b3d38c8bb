import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate, version } from 'uuid';

test('the page makes UUIDs of version 7 that say when they were made', async () => {
  const file = new URL('../../../../services/facade/page/ui/uuid.js', import.meta.url).href;
  const { timeUuid } = (await import(file)) as { timeUuid: () => string };
  const before = Date.now();
  const uuids = Array.from({ length: 100 }, timeUuid);
  for (const uuid of uuids) {
    assert.ok(validate(uuid) && version(uuid) === 7, uuid);
    const ms = Number.parseInt(uuid.slice(0, 13).replace('-', ''), 16);
    assert.ok(ms >= before && ms <= Date.now(), uuid);
  }
  assert.equal(new Set(uuids).size, 100);
});
