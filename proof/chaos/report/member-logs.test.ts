import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepMemberLogs } from './member-logs.ts';

test('members’ logs are kept, and nothing else', async (t) => {
  const [from, to] = ['from', 'to'].map((name) => mkdtempSync(join(tmpdir(), `trilog-logs-${name}-`))) as [
    string,
    string,
  ];
  t.after(() => [from, to].map((folder) => rmSync(folder, { recursive: true })));
  for (const name of ['member-1.log', 'member-2.log', 'settings']) writeFileSync(join(from, name), name);
  await keepMemberLogs(from, to, 'window-7');
  assert.deepEqual(readdirSync(to).sort(), ['window-7-member-1.log', 'window-7-member-2.log']);
  assert.equal(readFileSync(join(to, 'window-7-member-2.log'), 'utf8'), 'member-2.log');
});
