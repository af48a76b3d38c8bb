import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { commandFolder } from '../command-folder.ts';
import { availableRuntimes, isolatedEnvironment } from '../launched.ts';
import { answers, endsWithoutTrace, remains, runScript } from '../script-run.ts';

const runtimes = await availableRuntimes();
const noJvm = !runtimes.includes('jvm') && 'needs Java';

const temporary = mkdtempSync(join(tmpdir(), 'trilog-refusals-'));
after(() => rmSync(temporary, { recursive: true }));

const commands = (name: string, ...what: [readonly string[], Readonly<Record<string, string>>?]) =>
  commandFolder(join(temporary, name), ...what);
const TOOLS = 'awk bash cat cmp cut dirname env ln mkdir ps readlink rm rmdir sed sh sleep'.split(' ');

async function refuses(script: string, args: readonly string[], env: NodeJS.ProcessEnv, expected: RegExp, status = 1) {
  const ended = await runScript(script, args, env).ended;
  assert.match(ended.output, expected);
  assert.equal(ended.status, status);
  assert.deepEqual(await remains(env), []);
}

for (const [name, path, expected] of [
  ['without Node.js', commands('no-node', TOOLS), /^Node\.js is missing\. Install Node\.js 20\.20 .*\n$/],
  ['without npm', commands('no-npm', [...TOOLS, 'node']), /^npm is missing\. Install it.*\n$/],
  [
    'with an old Node.js',
    commands('old-node', TOOLS, { node: '[ "$1" = --version ] && echo v18.19.0', npm: '' }),
    /^Node\.js v18\.19\.0 is too old\. Install Node\.js 20\.20 .*\n$/,
  ],
  [
    'without Docker and with an old Java',
    commands('old-java', [...TOOLS, 'node', 'npm'], { java: `echo 'java version "1.8.0_392"' >&2` }),
    /^There is no way .* Docker: there is no docker command; install .* Java .* version 17 or newer; install .*\n$/,
  ],
] as const) {
  test(`${name} it says in one line what to install`, async () => {
    const { HAZELCAST_RUNTIME: _, JAVA_HOME: __, ...env } = await isolatedEnvironment('jvm');
    await refuses('launch.sh', [], { ...env, PATH: path }, expected);
  });
}

test('a Docker command without an engine: Java processes, and it says so', { skip: noJvm }, async () => {
  const docker = commands('no-engine', [], { docker: 'echo "Cannot connect to the Docker daemon" >&2; exit 1' });
  const { HAZELCAST_RUNTIME: _, ...isolated } = await isolatedEnvironment('jvm');
  const env: NodeJS.ProcessEnv = { ...isolated, PATH: `${docker}:${isolated.PATH}`, MANAGEMENT_CENTER: '1' };
  const launch = runScript('launch.sh', [], env);
  await launch.prints('The members run as Java processes (no Docker engine answers).\n');
  await launch.prints('MANAGEMENT_CENTER=1 needs members in Docker containers; going on without Management Center.\n');
  await endsWithoutTrace(launch, env, 'SIGTERM');
});

test('HAZELCAST_RUNTIME=docker without an engine does not start', async () => {
  const docker = commands('docker-only', [], { docker: 'exit 1' });
  const env = await isolatedEnvironment('docker');
  await refuses(
    'launch.sh',
    [],
    { ...env, PATH: `${docker}:${env.PATH}` },
    /^HAZELCAST_RUNTIME=docker: no Docker engine.*\n$/,
  );
});

for (const [name, settings, script, lacks] of [
  [
    'that this user may not use',
    {},
    'echo "permission denied while trying to connect" >&2; exit 1',
    'this user may not',
  ],
  ['that is Podman', {}, '[ "$1" != version ] || echo "Podman Engine"', 'docker is Podman here'],
  ['on another machine', { DOCKER_HOST: 'ssh://me@there' }, 'echo Docker', 'the Docker engine is on another machine'],
  ['of a context on another machine', {}, 'echo tcp://10.1.2.3:2376', 'the Docker engine is on another machine'],
] as const) {
  test(`with a Docker engine ${name} it says so in one line`, async () => {
    const docker = commands(`docker ${name}`, [], { docker: script });
    const env: NodeJS.ProcessEnv = { ...(await isolatedEnvironment('docker')), ...settings };
    const expected = new RegExp(`^HAZELCAST_RUNTIME=docker: ${lacks}.* HAZELCAST_RUNTIME=jvm\\.\n$`);
    await refuses('launch.sh', [], { ...env, PATH: `${docker}:${env.PATH}` }, expected);
  });
}

test('a ps that cannot show command lines, as BusyBox has it, is refused', async () => {
  const ps = commands('busybox', [], { ps: 'echo "ps: unrecognized option: p" >&2; exit 1' });
  const env = await isolatedEnvironment('jvm');
  await refuses('launch.sh', [], { ...env, PATH: `${ps}:${env.PATH}` }, /^This ps cannot show .* procps\.\n$/);
});

test('a host that is not here is refused', async () => {
  const env = { ...(await isolatedEnvironment(runtimes[0] ?? 'jvm')), TRILOG_HOST: 'no.such.host.example' };
  await refuses('launch.sh', [], env, /\nTRILOG_HOST must be .* this machine, but is "no\.such\.host\.example"\.\n$/);
});

test('what a service would refuse is said before anything is started, each once', async () => {
  const env = await isolatedEnvironment(runtimes[0] ?? 'jvm');
  const expected =
    /^The members run .*\n(?: .*\n)*LOG_LEVEL must be .*"loud"\.\nREQUEST_TIMEOUT_MS must be .*"abc"\.\n$/;
  await refuses('launch.sh', [], { ...env, LOG_LEVEL: 'loud', REQUEST_TIMEOUT_MS: 'abc' }, expected, 2);
});

test('each port that is taken gets a line; the program that has it keeps it', async () => {
  const env = await isolatedEnvironment(runtimes[0] ?? 'jvm');
  const base = Number(env.FACADE_PORT);
  const ports = [base, base + 3, base + 6];
  const servers = await Promise.all(
    ports.map(async (port) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      return server;
    }),
  );
  const { status, output } = await runScript('launch.sh', [], env).ended;
  assert.equal(status, 1);
  const [, ...problems] = output.trimEnd().split('\n');
  assert.deepEqual(problems, [
    `Port ${base} is taken; Trilog wants it for facade. Free it, or set FACADE_PORT.`,
    `Port ${base + 3} is taken; Trilog wants it for logger-3. Free it, or set LOGGER_BASE_PORT.`,
    `Port ${base + 6} is taken; Trilog wants it for member-2. Free it, or set MEMBER_BASE_PORT.`,
  ]);
  for (const port of ports) assert.ok(await answers(port));
  for (const server of servers) server.close();
  assert.deepEqual(await remains(env), []);
});

test('every setting that does not hold is named, and nothing starts', async () => {
  const bad = {
    FACADE_PORT: '0',
    LOGGER_BASE_PORT: '65533',
    HZ_CLUSTERNAME: 'a b',
    MEMBER_HEAP: 'much',
    HAZELCAST_RUNTIME: 'external',
    MANAGEMENT_CENTER: 'yes',
    LOG_FORMAT: 'xml',
    NETWORK: '-',
  };
  const isolated = await isolatedEnvironment('jvm');
  const { status, output } = await runScript('launch.sh', [], { ...isolated, ...bad }).ended;
  assert.equal(status, 2);
  const named = output
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  const expected = [...Object.keys(bad).filter((name) => name !== 'HAZELCAST_RUNTIME'), 'HAZELCAST_ADDRESSES'];
  assert.deepEqual(named.toSorted(), expected.toSorted());
  assert.deepEqual(await remains(isolated), []);
});

test('a run folder that is none of ours is left alone', async () => {
  const RUN_DIR = join(temporary, 'mine');
  mkdirSync(RUN_DIR);
  writeFileSync(join(RUN_DIR, 'file'), 'kept');
  const env = { ...(await isolatedEnvironment('jvm')), RUN_DIR };
  const { status, output } = await runScript('launch.sh', [], env).ended;
  assert.equal(status, 1);
  assert.equal(output, `Cannot make the run folder ${RUN_DIR}. Remove what is in its place, or set RUN_DIR.\n`);
  assert.equal(readFileSync(join(RUN_DIR, 'file'), 'utf8'), 'kept');
});

test('launch-logger.sh and member.sh explain themselves', async () => {
  const env = await isolatedEnvironment('jvm');
  for (const args of [[], ['0'], ['4'], ['1', '2'], ['one']]) {
    await refuses('launch-logger.sh', args, env, /^Usage: bash launch-logger\.sh N .*\n$/, 2);
  }
  for (const args of [[], ['kill'], ['kill', '4'], ['destroy', '1']]) {
    await refuses('hazelcast/member.sh', args, env, /^Usage: bash hazelcast\/member\.sh ACTION N/, 2);
  }
  await refuses('hazelcast/member.sh', ['kill', '1'], env, /^Trilog is not running here .*bash launch\.sh\n$/);
});
