import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT } from './launched.ts';

const compose = readFileSync(`${ROOT}deploy/compose.yaml`, 'utf8');

/** What a script of the launch scripts prints. */
const launchSays = (script: string) =>
  execFileSync('bash', ['-euc', `. deploy/launch.sh; read_settings; ${script}`], {
    cwd: ROOT,
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  });

test('deploy/compose.yaml has the images and defaults of the launch scripts', () => {
  const defaultOf = (name: string) => new RegExp(`\\$\\{${name}:-([^}]*)\\}`).exec(compose)?.[1];
  assert.ok(compose.includes(`image: ${launchSays('hazelcast_image')}\n`));
  assert.ok(compose.includes(`image: ${launchSays('printf %s "$MANAGEMENT_CENTER_IMAGE"')}\n`));
  for (const name of ['HZ_CLUSTERNAME', 'MEMBER_HEAP', 'MEMBER_PREFIX', 'NETWORK', 'MAX_STORED_BYTES', 'FACADE_PORT'])
    assert.equal(defaultOf(name), launchSays(`printf %s "$${name}"`), name);
});

test('each container of deploy/compose.yaml is confined', () => {
  const anchors = [...compose.matchAll(/^x-(service|member): &\w+\n {2}<<: \*confined\n/gm)].map(([, name]) => name);
  assert.deepEqual(anchors, ['service', 'member']);
  const services = [...compose.matchAll(/^ {2}([\w-]+):\n {4}<<: \*(member|logger|service)$/gm)].map(
    ([, name]) => name,
  );
  assert.deepEqual(services, [
    'member-1',
    'member-2',
    'member-3',
    'logger-1',
    'logger-2',
    'logger-3',
    'messages',
    'facade',
  ]);
});

test('deploy/compose.durable.yaml gives each logger a folder on a volume of its own, and all of them to what makes them', () => {
  const durable = readFileSync(`${ROOT}deploy/compose.durable.yaml`, 'utf8');
  const volumes = ['logger-1', 'logger-2', 'logger-3'].map((logger) => {
    const part = durable.slice(durable.indexOf(`  ${logger}:\n`));
    const [, folder, volume] = /DATA_FOLDER: (\S+) \}\n {4}volumes: \['([^']+)'\]/.exec(part) ?? [];
    assert.equal(folder, `/data/${logger}`);
    assert.match(volume ?? '', new RegExp(`^data-\\d:${folder}$`));
    return volume;
  });
  assert.ok(durable.includes(`volumes: [${volumes.map((volume) => `'${volume}'`).join(', ')}]`));
});
