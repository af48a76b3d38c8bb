import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { availableRuntimes, isolatedEnvironment } from '../launched.ts';
import { answers, endsWithoutTrace, runScript, type ScriptRun } from '../script-run.ts';
import { until } from '../until.ts';

const [runtime] = await availableRuntimes();
assert.ok(runtime, 'this test needs Java 17+ or a Docker engine');
const env = await isolatedEnvironment(runtime);
const port = Number(env.FACADE_PORT);
const url = `http://127.0.0.1:${port}`;
const post = () => fetch(url, { method: 'POST', body: new URLSearchParams({ msg: 'hello' }) });

let early: ScriptRun;
let base: ScriptRun;
before(async () => {
  early = runScript('launch-logger.sh', ['1'], env);
  base = runScript('launch-base.sh', [], env);
  await base.prints('Ctrl+C');
});
after(async () => {
  for (const script of [early, base]) {
    script.end(); // for when the tests that end them were not reached
    await script.ended;
  }
});

test('a logger that was started before the members finds its member', async () => {
  await until('logger-1 is ready', 10_000, async () => (await fetch(`${url}/health/ready`)).ok);
  assert.equal(((await (await post()).json()) as { logger: string }).logger, 'logger-1');
});

test('a logger that is started later takes part; ended in its terminal, it is gone; started again, it is back', async () => {
  for (let round = 1; round <= 2; round++) {
    const logger = runScript('launch-logger.sh', ['2'], env);
    await until('logger-2 is ready', 15_000, async () => (await fetch(`http://127.0.0.1:${port + 2}/health/ready`)).ok);
    await until(
      'logger-2 stores',
      5_000,
      async () => ((await (await post()).json()) as { logger: string }).logger === 'logger-2',
    );
    await until('its line', 2_000, async () => logger.output().includes('received a message hello'));
    logger.press('SIGINT');
    assert.equal((await logger.ended).status, 0);
    assert.equal(await answers(port + 2), false);
  }
});

test('HAZELCAST_RUNTIME=external uses members that are there, and leaves them there', async () => {
  const members = [1, 2, 3].map((n) => `member-${n}=127.0.0.1:${port + 4 + n}`).join(',');
  const other: NodeJS.ProcessEnv = {
    ...(await isolatedEnvironment('jvm')),
    HAZELCAST_RUNTIME: 'external',
    HAZELCAST_ADDRESSES: members,
  };
  const launch = runScript('launch.sh', [], other);
  await launch.prints('Ctrl+C');
  await post();
  assert.match(await (await fetch(`http://127.0.0.1:${other.FACADE_PORT}`)).text(), /^hello/);
  await endsWithoutTrace(launch, other, 'SIGTERM');
  assert.equal((await post()).status, 201);
});

test('the loggers in other terminals live on when launch-base.sh ends', async () => {
  base.press('SIGINT');
  assert.equal((await base.ended).status, 130);
  assert.equal((await fetch(`http://127.0.0.1:${port + 1}/health/live`)).status, 200);
  await endsWithoutTrace(early, env, 'SIGTERM', 0);
});
