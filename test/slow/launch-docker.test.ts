import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { commandFolder } from '../command-folder.ts';
import { availableRuntimes, isolatedEnvironment } from '../launched.ts';
import { answers, endsWithoutTrace, lines, remains, runScript } from '../script-run.ts';
import { createScriptSystem } from '../script-system.ts';
import { testEnd, testLaunch, testMemberByHand } from '../system/launch.ts';
import { testReadmeSession } from '../system/readme-session.ts';
import { until } from '../until.ts';

const skip = !(await availableRuntimes()).includes('docker') && 'needs a Docker engine';
const IMAGE = `hazelcast/hazelcast:${/<hazelcast.version>(.*)</.exec(readFileSync('hazelcast/pom.xml', 'utf8'))?.[1]}`;

const temporary = mkdtempSync(join(tmpdir(), 'trilog-docker-'));
after(() => rmSync(temporary, { recursive: true }));

describe('the launch scripts with a Docker engine', { skip }, () => {
  test('a container name that is taken gets a line; the container stays', async () => {
    const env = await isolatedEnvironment('docker');
    const name = `${env.MEMBER_PREFIX}2`;
    execFileSync('docker', ['create', '--name', name, IMAGE]);
    try {
      const { status, output } = await runScript('launch.sh', [], env).ended;
      assert.equal(status, 1);
      assert.ok(
        output.endsWith(
          `\nThere is a container ${name} already. Remove it (docker rm -f ${name}), or set MEMBER_PREFIX.\n`,
        ),
      );
      assert.deepEqual(await lines('docker', 'ps', '-a', '--filter', `name=${name}`, '--format', '{{.Names}}'), [name]);
    } finally {
      execFileSync('docker', ['rm', '-f', name]);
    }
  });

  test('a network that is still used is left, and how to remove it is said', async () => {
    const env = await isolatedEnvironment('docker');
    const launch = runScript('launch.sh', [], env);
    await launch.prints('Trilog is ready');
    const mine = `mine-${env.NETWORK}`;
    const docker = (...args: string[]) => execFileSync('docker', args, { stdio: 'ignore' });
    docker('run', '--detach', '--name', mine, '--network', `${env.NETWORK}`, '--entrypoint', 'sleep', IMAGE, '60');
    try {
      launch.end();
      const { output } = await launch.ended;
      const told = `\nDocker could not remove the network ${env.NETWORK}; this does: docker network rm ${env.NETWORK}\n`;
      assert.ok(output.includes(told), output);
      assert.deepEqual(await remains(env), [`network ${env.NETWORK}`]);
    } finally {
      docker('rm', '--force', mine);
      docker('network', 'rm', `${env.NETWORK}`);
    }
  });

  test('a member that is cut off from the others still takes connections, one that was killed refuses them', async () => {
    const env = await isolatedEnvironment('docker');
    const launch = runScript('launch-base.sh', [], env);
    await launch.prints('Ctrl+C');
    const name = `${env.MEMBER_PREFIX}2`;
    const port = Number(env.MEMBER_BASE_PORT) + 2;
    const docker = async (...args: string[]) => {
      let isDone = false;
      const done = lines('docker', ...args).finally(() => {
        isDone = true;
      });
      const seen = new Set<boolean>();
      for (const untilMs = performance.now() + 2_000; !isDone || performance.now() < untilMs; await pause(5))
        seen.add(await answers(port));
      await done;
      return [...seen];
    };
    assert.deepEqual(await docker('network', 'disconnect', `${env.NETWORK}`, name), [true]);
    const sizeOf = async (n: number) =>
      (await fetch(`http://127.0.0.1:${Number(env.MEMBER_BASE_PORT) + 20 + n}/hazelcast/health/cluster-size`)).text();
    await until('it is alone', 20_000, async () => (await sizeOf(2)) === '1' && (await sizeOf(1)) === '2');
    assert.deepEqual(await docker('network', 'connect', `${env.NETWORK}`, name), [true]);
    await until('it is back', 40_000, async () => (await sizeOf(2)) === '3');
    await docker('kill', name);
    assert.equal(await answers(port), false);
    await endsWithoutTrace(launch, env, 'SIGTERM');
  });

  test('Management Center starts beside the members, or the rest starts without it', async () => {
    // Its image is not needed here: what counts is the command line.
    const log = join(temporary, 'docker.log');
    const real = execFileSync('which', ['docker'], { encoding: 'utf8' }).trim();
    const text = `
    case "$*" in
      *hazelcast/management-center:*) echo "$@" >>${log}; [ "$1" = run ] || [ -n "$HAS_IMAGE" ] ;;
      *) exec ${real} "$@" ;;
    esac`;
    const docker = commandFolder(join(temporary, 'bin'), [], { docker: text });
    const isolated = await isolatedEnvironment('docker');
    const port = String(Number(isolated.FACADE_PORT) + 8);
    const env: NodeJS.ProcessEnv = {
      ...isolated,
      PATH: `${docker}:${isolated.PATH}`,
      MANAGEMENT_CENTER: '1',
      MANAGEMENT_CENTER_PORT: port,
    };

    const without = runScript('launch.sh', [], env);
    await without.prints(
      'Docker could not pull hazelcast/management-center:5.11; going on without Management Center.\n',
    );
    await endsWithoutTrace(without, env, 'SIGTERM');

    const launch = runScript('launch.sh', [], { ...env, HAS_IMAGE: '1' });
    await launch.prints(`Management Center: http://127.0.0.1:${port}\n`);
    await endsWithoutTrace(launch, env, 'SIGTERM');
    const runs = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('run '));
    const p = env.MEMBER_PREFIX;
    assert.deepEqual(runs, [
      `run --rm --detach --name management-center --label trilog.run=${env.RUN_DIR} --network ${env.NETWORK} ` +
        `--publish 127.0.0.1:${port}:8080 --env MC_DEFAULT_CLUSTER=message-database ` +
        `--env MC_DEFAULT_CLUSTER_MEMBERS=${p}1,${p}2,${p}3 --env MC_INIT_CMD=./bin/hz-mc conf dev-mode configure --force ` +
        'hazelcast/management-center:5.11',
    ]);
  });
});

// What system.test.ts does with Java processes, where there is Java.
const env = await isolatedEnvironment('docker');
describe('launch.sh, members by docker', { skip }, () => {
  const trilog = createScriptSystem(env);
  before(() => trilog.start());
  after(() => trilog.end());
  testLaunch(trilog, 'docker');
  testReadmeSession(trilog);
  testMemberByHand(trilog);
  testEnd(trilog);
});
