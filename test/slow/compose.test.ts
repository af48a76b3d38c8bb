import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openComposeSystem } from '../../proof/chaos/system/compose-system.ts';
import { docker } from '../../proof/chaos/system/container-control.ts';
import { systemRuntimes } from '../../proof/chaos/system/runtime.ts';
import type { System } from '../../proof/chaos/system/system.ts';
import { createCaller } from '../caller.ts';
import { lines } from '../script-run.ts';

const skip = !(await systemRuntimes()).includes('compose') && 'needs Docker Compose version 2';

describe('deploy/compose.yaml', { skip }, () => {
  let system: System;
  let isRunning = false;
  let output = '';
  before(async () => {
    const signal = new AbortController().signal;
    system = await openComposeSystem({
      env: { LOG_LEVEL: 'info', LOG_FORMAT: 'pretty' },
      facades: 1,
      onOutput(text) {
        output += text;
      },
      signal,
    });
    isRunning = true;
  });
  after(async () => {
    if (isRunning) await system.stop();
  });
  const { send, allMessages } = createCaller(() => system.url);
  const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const nameOf = (service: string) => `${system.env.SERVICE_PREFIX}${service}`;

  test('no container has root, a capability, a root file system to write to, or a port for other machines', async () => {
    for (const service of ['facade', 'messages', 'logger-1', 'logger-2', 'logger-3']) {
      const name = nameOf(service);
      assert.notEqual(await docker('exec', name, 'id', '-u'), '0');
      assert.match(await docker('exec', name, 'grep', 'CapEff', '/proc/1/status'), /\t0+$/);
      await assert.rejects(docker('exec', name, 'touch', '/trilog/x'), /Read-only file system/);
    }
    const ports = await lines(
      'docker',
      'ps',
      '--filter',
      `name=${system.env.SERVICE_PREFIX}`,
      '--format',
      '{{.Ports}}',
    );
    assert.equal(ports.length, 5);
    for (const port of ports) assert.doesNotMatch(port.replaceAll('127.0.0.1:', ''), /[\d.]+:\d+->|\]:\d+->/);
  });

  test('another website cannot give its own name to the published port', async () => {
    const curl = ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'];
    assert.deepEqual(await lines('curl', ...curl, '--header', 'Host: evil.example', system.url), ['421']);
    assert.deepEqual(await lines('curl', ...curl, system.url), ['200']);
  });

  test('ten messages are there after a member was killed, and it comes back', async () => {
    for (const text of texts) assert.equal((await send(text, 'text/plain')).status, 201);
    await system.kill('member-2');
    assert.deepEqual(
      (await allMessages()).map(({ msg }) => msg),
      texts,
    );
    assert.equal((await send('k', 'text/plain')).status, 201);
    await system.start('member-2');
    assert.ok(await system.wholeWithin(60_000));
    assert.equal((await allMessages()).length, 11);
  });

  test('the lines of a service carry its name once', () => {
    const stored = output.split('\n').filter((line) => line.includes('received a message'));
    assert.ok(stored.length >= 11, output);
    for (const line of stored)
      assert.match(line, /^\S*logger-\d +\| \[\d\d:\d\d:\d\d\.\d{3}\] INFO: received a message/);
  });

  test('down leaves no container, no network and no volume', async () => {
    const { NETWORK = '' } = system.env;
    await system.stop();
    isRunning = false;
    const filter = ['--filter', `name=${NETWORK}`, '--quiet'];
    assert.deepEqual(
      await Promise.all(
        [
          ['ps', '--all'],
          ['network', 'ls'],
          ['volume', 'ls'],
        ].map((of) => lines('docker', ...of, ...filter)),
      ),
      [[], [], []],
    );
  });
});
