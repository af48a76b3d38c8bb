import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { availableRuntimes, isolatedEnvironment, type Runtime } from '../launched.ts';
import { endsWithoutTrace, remains, runScript, type ScriptRun } from '../script-run.ts';
import { createScriptSystem } from '../script-system.ts';
import { testEnd, testLaunch, testMemberByHand } from '../system/launch.ts';
import { testReadmeSession } from '../system/readme-session.ts';

/** How a launch ends, whenever that is. */
function testEnds(runtime: Runtime): void {
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
for (const runtime of runtimes) describe(`the end of launch.sh, members by ${runtime}`, () => testEnds(runtime));
// system.test.ts does this with the first one, and more.
for (const runtime of runtimes.slice(1)) {
  const env = await isolatedEnvironment(runtime);
  describe(`launch.sh, members by ${runtime}`, () => {
    const trilog = createScriptSystem(env);
    before(() => trilog.start());
    after(() => trilog.end());
    testLaunch(trilog, runtime);
    testReadmeSession(trilog);
    testMemberByHand(trilog);
    testEnd(trilog);
  });
}
test('there is a runtime to test', () => assert.ok(runtimes.length > 0));
