import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPipeLiveness, createPortLiveness } from './liveness.ts';

test('a member is dead if its port refuses; one that accepts, or has no known address, may live', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mayLive = createPortLiveness(new Map([['member-1', address]]));
  assert.equal(await mayLive('member-1'), true);
  assert.equal(await mayLive('member-9'), true);
  server.close();
  await once(server, 'close');
  assert.equal(await mayLive('member-1'), false);
});

test('a member is dead if nobody holds its pipe; one that is stopped holds it, and one without a pipe may live', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trilog-pipes-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const mayLive = createPipeLiveness(folder);
  assert.equal(await mayLive('member-1'), true);
  writeFileSync(join(folder, 'member-2'), '');
  assert.equal(await mayLive('member-2'), true);
  execFileSync('mkfifo', [join(folder, 'member-1')]);
  assert.equal(await mayLive('member-1'), false);
  const member = spawn('bash', ['-c', 'exec 9<>"$1"; echo; exec sleep 60', 'bash', join(folder, 'member-1')]);
  await once(member.stdout, 'data');
  assert.equal(await mayLive('member-1'), true);
  member.kill('SIGSTOP');
  assert.equal(await mayLive('member-1'), true);
  member.kill('SIGKILL');
  await once(member, 'exit');
  assert.equal(await mayLive('member-1'), false);
});
