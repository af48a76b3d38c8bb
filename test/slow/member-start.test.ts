import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { availableRuntimes, isolatedEnvironment, ROOT, type Runtime } from '../launched.ts';
import { runScript, type ScriptRun } from '../script-run.ts';
import { until } from '../until.ts';

/** Longer than a member takes to start, and to join others that answer. */
const START_MS = 15_000;

/** What a member does that starts while the others are frozen. */
function testStart(runtime: Runtime): void {
  let env: NodeJS.ProcessEnv;
  let launch: ScriptRun;
  const member = (action: string, n: number) => runScript('hazelcast/member.sh', [action, String(n)], env);
  const health = async (n: number, path: string) =>
    fetch(`http://127.0.0.1:${Number(env.FACADE_PORT) + 24 + n}/hazelcast/health${path}`, {
      signal: AbortSignal.timeout(2_000),
    });
  const isReady = (n: number) =>
    health(n, '/ready').then(
      ({ ok }) => ok,
      () => false,
    );
  const haveJoined = (...members: readonly number[]) =>
    until(`${members} have joined`, 60_000, async () => {
      const sizes = await Promise.all(members.map(async (n) => (await health(n, '/cluster-size')).text()));
      return sizes.every((size) => Number(size) === members.length);
    });

  before(async () => {
    env = await isolatedEnvironment(runtime);
    launch = runScript('launch-base.sh', [], env);
    await launch.prints('Ctrl+C');
  });
  after(async () => {
    launch.end();
    await launch.ended;
  });

  test('beside frozen ones it founds no cluster, and joins when one of them goes on', async () => {
    for (const action of ['kill', 'freeze'] as const) await member(action, action === 'kill' ? 2 : 1).ended;
    await member('freeze', 3).ended;
    const cut = member('start', 2);
    await cut.prints('member-2 starts');
    cut.press('SIGINT');
    // Its output ends when nobody has it any more: what waited for the member has ended as well.
    assert.equal((await cut.ended).status, 130);
    await member('kill', 2).ended;
    const start = member('start', 2);
    await start.prints('member-2 starts');
    await pause(START_MS);
    assert.equal(await isReady(2), false);
    await member('resume', 1).ended;
    await member('resume', 3).ended;
    const { status, output } = await start.ended;
    assert.equal(status, 0, output);
    await haveJoined(1, 2, 3);
  });

  test('it joins the one that answers, not one that is frozen', async () => {
    await member('freeze', 1).ended;
    await member('kill', 2).ended;
    const { status, output } = await member('start', 2).ended;
    assert.equal(status, 0, output);
    await member('resume', 1).ended;
    await haveJoined(1, 2, 3);
  });

  test('if the one that it waits for ends, it waits for another one, and founds a cluster only if none is left', async () => {
    for (const n of [1, 3]) await member('freeze', n).ended;
    await member('kill', 2).ended;
    const start = member('start', 2);
    for (const [index, n] of [1, 3].entries()) {
      await until('it starts', 30_000, async () => start.output().split('member-2 starts').length === index + 2);
      assert.equal(await isReady(2), false);
      await member('kill', n).ended;
      await start.prints(`member-${n}, which member-2 was to join, has ended; starting member-2 again.`);
    }
    const { status, output } = await start.ended;
    assert.equal(status, 0, output);
    await haveJoined(2);
  });
}

const runtimes = await availableRuntimes();
for (const runtime of ['jvm', 'docker'] as const) {
  describe(`hazelcast/member.sh start, members by ${runtime}`, { skip: !runtimes.includes(runtime) }, () =>
    testStart(runtime),
  );
}

test('each logger is told of all members', () => {
  const told = (settings: Readonly<Record<string, string>>, name = 'HAZELCAST_MEMBERS') => {
    const script = '. deploy/settings.sh; . deploy/services.sh; read_settings; service_command logger-2';
    const options = { cwd: ROOT, env: { ...process.env, ...settings }, encoding: 'utf8', stdio: 'pipe' } as const;
    return new RegExp(` ${name}=(\\S+) `).exec(execFileSync('bash', ['-euc', script], options))?.[1];
  };
  assert.equal(
    told({ HAZELCAST_RUNTIME: 'jvm', MEMBER_BASE_PORT: '6700' }),
    'member-1=127.0.0.1:6701,member-2=127.0.0.1:6702,member-3=127.0.0.1:6703',
  );
  for (const HAZELCAST_ADDRESSES of ['a:5701,b:5702,c:5703', 'x=a:5701,y=b:5702,z=c:5703']) {
    const external = { HAZELCAST_RUNTIME: 'external', HAZELCAST_ADDRESSES };
    assert.equal(told(external), HAZELCAST_ADDRESSES);
    assert.equal(told(external, 'HAZELCAST_URL'), 'b:5702');
  }
});
