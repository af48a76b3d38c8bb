import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { availableRuntimes, isolatedEnvironment, PORT_OFFSETS, type Runtime, until } from './launched.ts';
import { answers, endsWithoutTrace, lines, remains, runScript, type ScriptRun } from './script-run.ts';

/** What a user sees of launch.sh, from its first line to the end of everything. */
function testLaunch(runtime: Runtime): void {
  describe('while it runs', () => {
    let env: NodeJS.ProcessEnv;
    let launch: ScriptRun;
    let base: number;
    let url: string;
    before(async () => {
      env = await isolatedEnvironment(runtime);
      base = Number(env.FACADE_PORT);
      url = `http://127.0.0.1:${base}`;
      launch = runScript('launch.sh', [], env);
      await launch.prints('Ctrl+C');
    });
    after(async () => {
      launch.end(); // for when the last test, which ends it, was not reached
      await launch.ended;
    });

    test('it says where everything is, what to send, and how to end a member and the whole', () => {
      for (const text of [
        `Trilog is ready: ${url}\n`,
        `curl -d msg=hello ${url}\n`,
        `curl ${url}\n`,
        'member.sh kill 2',
        'member.sh start 2',
        ...[1, 2, 3].map(
          (n) => `logger-${n}  http://127.0.0.1:${base + n}    member-${n}  127.0.0.1:${base + 4 + n}\n`,
        ),
        `messages  http://127.0.0.1:${env.MESSAGES_PORT}\n`,
      ]) {
        assert.ok(launch.output().includes(text), `${text} is not in:\n${launch.output()}`);
      }
    });

    test('a message goes in by POST and comes out by GET', async () => {
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ msg: 'hello' }) });
      assert.equal(response.status, 201);
      assert.match(await (await fetch(url)).text(), /^hello\n/);
    });

    test('nothing listens on any address but 127.0.0.1', async () => {
      const others = Object.values(networkInterfaces())
        .flat()
        .flatMap((address) => (address?.family === 'IPv4' && !address.internal ? [address.address] : []));
      for (const host of others) {
        for (const offset of PORT_OFFSETS)
          assert.equal(await answers(base + offset, host), false, `${host}:${base + offset}`);
      }
    });

    if (runtime === 'docker') {
      test('docker ps shows three healthy members, published on 127.0.0.1', async () => {
        await until('healthy', 30_000, async () => {
          const format = ['--format', '{{.Names}} {{.Status}} {{.Ports}}'];
          const shown = await lines('docker', 'ps', '--filter', `name=${env.MEMBER_PREFIX}`, ...format);
          return [1, 2, 3].every((n) =>
            shown.some((line) => {
              const published = `(healthy) 127.0.0.1:${base + 4 + n}->5701/tcp, 127.0.0.1:${base + 24 + n}->5721/tcp`;
              return line.startsWith(`${env.MEMBER_PREFIX}${n} Up `) && line.endsWith(published);
            }),
          );
        });
      });
    }

    test('a second launch, of either script, is refused in one line and changes nothing', async () => {
      for (const script of ['launch.sh', 'launch-base.sh']) {
        const { status, output } = await runScript(script, [], env).ended;
        assert.equal(status, 1);
        assert.match(output, new RegExp(`^Trilog is already running here \\(pid ${launch.pid}\\).*\n$`));
      }
      assert.equal((await fetch(`${url}/health/ready`)).status, 200);
    });

    test('a logger whose port is taken says so', async () => {
      const { status, output } = await runScript('launch-logger.sh', ['2'], env).ended;
      assert.equal(status, 1);
      assert.match(
        output,
        new RegExp(`^Port ${base + 2} is taken; Trilog wants it for logger-2\\..*LOGGER_BASE_PORT.*\n$`),
      );
    });

    test('a member is killed and brought back by one line each', async () => {
      const member = (action: string) => runScript('hazelcast/member.sh', [action, '2'], env).ended;
      assert.deepEqual(await member('kill'), { status: 0, output: 'member-2: kill\n' });
      await until('its port is free', 1_000, async () => !(await answers(base + 6)));
      assert.deepEqual(await member('kill'), { status: 1, output: 'member-2 is not running.\n' });
      const { status, output } = await member('start');
      assert.equal(status, 0, output);
      assert.deepEqual(await member('start'), { status: 1, output: 'member-2 is running already.\n' });
      await until(
        'its logger is ready',
        10_000,
        async () => (await fetch(`http://127.0.0.1:${base + 2}/health/ready`)).ok,
      );
    });

    test('Ctrl+C ends all of it, also a member that was started by hand, or is frozen', async () => {
      await runScript('hazelcast/member.sh', ['freeze', '3'], env).ended;
      await endsWithoutTrace(launch, env, 'SIGINT');
    });
  });

  const interrupts = [
    { when: 'after 0.3 s', signal: 'SIGINT', reached: () => pause(300) },
    { when: 'after 0.8 s', signal: 'SIGTERM', reached: () => pause(800) },
    { when: 'while members join', signal: 'SIGHUP', reached: () => pause(4_000) },
    { when: 'while services start', signal: 'SIGINT', reached: (launch) => launch.prints('Starting the services') },
  ] as const satisfies { when: string; signal: NodeJS.Signals; reached: (launch: ScriptRun) => Promise<void> }[];
  for (const { when, signal, reached } of interrupts) {
    test(`${signal} ${when} leaves nothing`, async () => {
      const env = await isolatedEnvironment(runtime);
      const launch = runScript('launch.sh', [], env);
      await reached(launch);
      await endsWithoutTrace(launch, env, signal);
    });
  }

  test('what a launch that was killed left behind, the next one ends', async () => {
    const env = await isolatedEnvironment(runtime);
    const killed = runScript('launch-base.sh', [], env);
    await killed.prints('Ctrl+C');
    process.kill(killed.pid, 'SIGKILL');
    const facade = `http://127.0.0.1:${env.FACADE_PORT}/health/live`;
    assert.equal((await fetch(facade)).status, 200);
    const next = runScript('launch-base.sh', [], env);
    await next.prints(`(pid ${killed.pid}) was killed`);
    await next.prints('Starting the members');
    await assert.rejects(fetch(facade));
    await endsWithoutTrace(next, env, 'SIGTERM');
    assert.deepEqual(await remains(env), []);
  });
}

const runtimes = await availableRuntimes();
for (const runtime of runtimes) describe(`launch.sh, members by ${runtime}`, () => testLaunch(runtime));
test('there is a runtime to test', () => assert.ok(runtimes.length > 0));
