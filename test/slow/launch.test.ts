import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { availableRuntimes, isolatedEnvironment, type Runtime } from '../launched.ts';
import { endsWithoutTrace, remains, runScript, type ScriptRun } from '../script-run.ts';

interface Interrupt {
  readonly when: string;
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
  readonly reached: (launch: ScriptRun) => Promise<void>;
}

/** Nothing of the members is under way then, or all of it is there, as when Ctrl+C ends a system that runs. */
const IN_ONE_RUNTIME: readonly Interrupt[] = [
  { when: 'after 0.3 s', signal: 'SIGINT', reached: () => pause(300) },
  { when: 'after 0.8 s', signal: 'SIGTERM', reached: () => pause(800) },
  { when: 'while services start', signal: 'SIGINT', reached: (launch) => launch.prints('Starting the services') },
];
const IN_EACH_RUNTIME: readonly Interrupt[] = [
  {
    when: 'while members join',
    signal: 'SIGHUP',
    async reached(launch) {
      await launch.prints('Starting the members');
      await pause(2_000);
    },
  },
];

/** How a launch ends, whenever that is. */
function testEnds(runtime: Runtime, interrupts: readonly Interrupt[]): void {
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
runtimes.forEach((runtime, index) => {
  const interrupts = index === 0 ? [...IN_ONE_RUNTIME, ...IN_EACH_RUNTIME] : IN_EACH_RUNTIME;
  describe(`the end of launch.sh, members by ${runtime}`, () => testEnds(runtime, interrupts));
});
test('there is a runtime to test', () => assert.ok(runtimes.length > 0));
