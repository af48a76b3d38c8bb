import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { PORT_OFFSETS, type Runtime } from '../launched.ts';
import { answers, endsWithoutTrace, lines, runScript } from '../script-run.ts';
import type { ScriptSystem } from '../script-system.ts';
import { readAll, startTraffic, summarize } from '../traffic.ts';
import { until } from '../until.ts';

/** Tests what a user sees of launch.sh while it runs. */
export function testLaunch(trilog: ScriptSystem, runtime: Runtime): void {
  const { env, url } = trilog;
  const base = Number(env.FACADE_PORT);

  test('it says where everything is, what to send, and how to end a member and the whole', () => {
    for (const text of [
      `Trilog is ready: ${url}\n`,
      `curl -d msg=hello ${url}\n`,
      `curl ${url}\n`,
      'member.sh kill 2',
      'member.sh start 2',
      ...[1, 2, 3].map((n) => `logger-${n}  http://127.0.0.1:${base + n}    member-${n}  127.0.0.1:${base + 4 + n}\n`),
      `messages  http://127.0.0.1:${env.MESSAGES_PORT}\n`,
    ]) {
      assert.ok(trilog.output().includes(text), `${text} is not in:\n${trilog.output()}`);
    }
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
      assert.match(output, new RegExp(`^Trilog is already running here \\(pid ${trilog.script().pid}\\).*\n$`));
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
}

/** Tests that a member is killed and brought back by a line each, and that neither loses anything. */
export function testMemberByHand(trilog: ScriptSystem): void {
  const { env, url } = trilog;
  const base = Number(env.FACADE_PORT);

  test('a member is killed and brought back by one line each, under traffic: nothing fails, nothing is lost', async () => {
    const member = (action: string) => runScript('hazelcast/member.sh', [action, '2'], env).ended;
    await trilog.whole();
    const traffic = startTraffic({ url, postsPerSecond: 20, getsPerSecond: 1 });
    try {
      assert.deepEqual(await member('kill'), { status: 0, output: 'member-2: kill\n' });
      await until('its port is free', 1_000, async () => !(await answers(base + 6)));
      assert.deepEqual(await member('kill'), { status: 1, output: 'member-2 is not running.\n' });
      const { status, output } = await member('start');
      assert.equal(status, 0, output);
      assert.deepEqual(await member('start'), { status: 1, output: 'member-2 is running already.\n' });
      await until('its logger is ready', 10_000, async () => (await trilog.health(2)).ready);
    } finally {
      await traffic.stop();
    }
    const report = await traffic.stop();
    for (const kind of ['POST', 'GET'] as const) {
      const { count, failed, stale } = summarize(report, kind);
      assert.ok(count > 0);
      assert.deepEqual({ failed, stale }, { failed: [], stale: 0 });
    }
    const all = await readAll(url);
    for (const [UUID, msg] of report.acknowledged) assert.equal(all.get(UUID), msg);
    await trilog.whole();
  });
}

/** Tests that Ctrl+C ends a system, whatever was done to it. It is over then. */
export function testEnd(trilog: ScriptSystem): void {
  test('Ctrl+C ends all of it, also a member that was started by hand, or is frozen', async () => {
    await runScript('hazelcast/member.sh', ['freeze', '3'], trilog.env).ended;
    await endsWithoutTrace(trilog.script(), trilog.env, 'SIGINT');
  });
}
