import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { availableRuntimes, type Launched, launch, type Runtime } from '../launched.ts';
import { post, readAll, startTraffic, summarize, type TrafficReport } from '../traffic.ts';
import { until } from '../until.ts';

/** What a user does by hand: start everything, send and read messages, and kill one part after the other. */
function testFaults(runtime: Runtime): void {
  let trilog: Launched;
  /** Every message that was acknowledged since the members were last empty. */
  const acknowledged = new Map<string, string>();

  before(async () => {
    trilog = await launch('launch.sh', runtime);
  });
  after(() => trilog.stop());

  /** Traffic while something is done; then no acknowledged message may be missing, and none may be there twice. */
  async function under(fault: () => Promise<void>): Promise<TrafficReport> {
    const traffic = startTraffic({ url: trilog.url, postsPerSecond: 20, getsPerSecond: 1 });
    try {
      await pause(1_000);
      await fault();
      await pause(1_000);
    } catch (error) {
      await traffic.stop();
      throw error;
    }
    const report = await traffic.stop();
    for (const [UUID, msg] of report.acknowledged) acknowledged.set(UUID, msg);
    return report;
  }
  function assertNoneFailed(report: TrafficReport, slowestMs: number): void {
    for (const kind of ['POST', 'GET'] as const) {
      const { count, failed, slowestMs: slowest, stale } = summarize(report, kind);
      assert.ok(count > 0);
      assert.deepEqual(failed, [], `${failed.length} of ${count} ${kind}s failed`);
      assert.equal(stale, 0, 'messages acknowledged before a GET began are missing in it');
      assert.ok(slowest <= slowestMs, `the slowest ${kind} took ${slowest} ms`);
    }
  }
  async function assertAllRead(): Promise<void> {
    const all = await readAll(trilog.url);
    const lost = [...acknowledged].filter(([UUID, msg]) => all.get(UUID) !== msg);
    assert.deepEqual(lost, [], `${lost.length} of ${acknowledged.size} acknowledged messages are lost`);
  }
  async function assert503(call: () => Promise<Response>): Promise<void> {
    const began = performance.now();
    const response = await call();
    const took = performance.now() - began;
    assert.equal(response.status, 503);
    assert.ok(response.headers.get('retry-after'));
    assert.ok(took <= 5_000, `${took} ms`);
  }
  const postForm = () => fetch(trilog.url, { method: 'POST', body: new URLSearchParams({ msg: 'x' }) });

  test('ten messages come back in the order sent, on one line, and the loggers share them', async () => {
    const texts = Array.from({ length: 10 }, (_, n) => `msg${n + 1}`);
    const loggers: string[] = [];
    for (const msg of texts) {
      const { status, body } = await post(trilog.url, msg);
      assert.equal(status, 201);
      loggers.push(body.logger);
      acknowledged.set(body.UUID, msg);
    }
    const line = `${texts.join(' ')}\n`;
    assert.equal(await (await fetch(trilog.url)).text(), `${line}Hello from messages server! Not implemented.\n`);
    for (const n of [1, 2, 3]) assert.equal(await (await fetch(`${trilog.loggerUrl(n)}/database/`)).text(), line);
    // Each is in the lines of the logger that the answer names, and of no other.
    const linesOf = (msg: string) => trilog.output().match(new RegExp(`^.*received a message ${msg} UUID`, 'gm')) ?? [];
    await until('the lines are out', 3_000, async () => texts.every((msg) => linesOf(msg).length > 0));
    for (const [index, msg] of texts.entries()) {
      const [line = '', ...more] = linesOf(msg);
      assert.deepEqual(more, []);
      assert.match(line, new RegExp(`^\\[${loggers[index]} *\\]`));
    }
  });

  test('a logger killed, then another: no request fails; started again, they take messages within 3 s', async () => {
    const report = await under(async () => {
      await trilog.signalLogger(1, 'SIGKILL');
      await pause(2_000);
      await trilog.signalLogger(2, 'SIGKILL');
      await pause(2_000);
    });
    assertNoneFailed(report, 3_000);
    for (const n of [1, 2]) {
      trilog.startLogger(n);
      await until(`logger-${n} listens`, 20_000, async () => (await fetch(`${trilog.loggerUrl(n)}/health/live`)).ok);
    }
    const takers = new Set<string>(); // those that come together may all go out with one batch
    await until('both take messages', 3_000, async () => {
      for (const { body } of await Promise.all(Array.from({ length: 12 }, () => post(trilog.url, 'again')))) {
        acknowledged.set(body.UUID, body.msg);
        takers.add(body.logger);
      }
      return takers.has('logger-1') && takers.has('logger-2');
    });
    await assertAllRead();
  });

  test('a logger frozen for 8 s: no request fails', async () => {
    const report = await under(async () => {
      const { pid } = await trilog.health(3);
      process.kill(Number(pid), 'SIGSTOP');
      await pause(8_000);
      process.kill(Number(pid), 'SIGCONT');
    });
    assertNoneFailed(report, 5_000);
    await assertAllRead();
  });

  test('a member killed, with 1,000 messages stored: none is lost, and its logger is passed over until it is back', async () => {
    await trilog.whole();
    for (let n = 0; n < 10; n++) {
      const posts = await Promise.all(
        Array.from({ length: 100 }, (_, index) => post(trilog.url, `bulk ${n} ${index}`)),
      );
      for (const { body } of posts) acknowledged.set(body.UUID, body.msg);
    }
    assert.ok(acknowledged.size >= 1_000);
    const report = await under(async () => {
      await trilog.member('kill', 2);
      await until('logger-2 is not ready', 2_000, async () => !(await trilog.health(2)).ready);
      await pause(3_000);
    });
    assertNoneFailed(report, 8_000);
    await assertAllRead();
    assert.match((await trilog.health(2)).reason ?? '', /waits for its member/);
    for (let n = 0; n < 20; n++) assert.notEqual((await post(trilog.url, 'passed over')).body.logger, 'logger-2');
    await trilog.member('start', 2);
    await until('logger-2 is ready by itself', 3_000, async () => (await trilog.health(2)).ready);
    await trilog.whole();
  });

  test('two members killed at once: none is lost, and messages are taken and read by the last one', async () => {
    await trilog.whole();
    const report = await under(async () => {
      await Promise.all([trilog.member('kill', 1), trilog.member('kill', 3)]);
      await pause(4_000);
    });
    assertNoneFailed(report, 8_000);
    await assertAllRead();
    assert.deepEqual([(await trilog.health(1)).ready, (await trilog.health(3)).ready], [false, false]);
    await Promise.all([trilog.member('start', 1), trilog.member('start', 3)]);
    await trilog.whole();
    await assertAllRead();
  });

  test('a member frozen until it is evicted, and back: no request fails, none is lost', async () => {
    await trilog.whole();
    const report = await under(async () => {
      await trilog.member('freeze', 3);
      await until('it is evicted', 20_000, async () => (await trilog.health(1)).cluster?.size === 2);
      await pause(1_000);
      await trilog.member('resume', 3);
      await trilog.whole();
    });
    assertNoneFailed(report, 15_500); // the deadline of a request: what matters is that none fails
    await assertAllRead();
  });

  test('two members frozen: 503 in at most 5 s until they go on, never a 200 that lacks something; none is lost', async () => {
    await trilog.whole();
    const report = await under(async () => {
      await Promise.all([trilog.member('freeze', 1), trilog.member('freeze', 2)]);
      await until('they are evicted', 20_000, async () => (await trilog.health(3)).cluster?.size === 1);
      for (const ask of [postForm, () => fetch(trilog.url)]) await assert503(ask);
      await Promise.all([trilog.member('resume', 1), trilog.member('resume', 2)]);
      await trilog.whole();
    });
    assert.equal(summarize(report, 'GET').stale, 0);
    await assertAllRead();
  });

  test('all members dead: 503 in at most 5 s, never an empty 200 nor a 201; all is well again when they are back', async () => {
    await Promise.all([1, 2, 3].map((n) => trilog.member('kill', n)));
    for (const ask of [postForm, () => fetch(trilog.url), () => fetch(`${trilog.url}/health/ready`)])
      await assert503(ask);
    await trilog.member('start', 1);
    acknowledged.clear(); // what was in memory is gone, as it says
    await until('one member alone is read', 40_000, async () => (await fetch(trilog.url)).status === 200);
    assert.equal((await readAll(trilog.url)).size, 0);
    await Promise.all([2, 3].map((n) => trilog.member('start', n)));
    await trilog.whole();
    await under(() => pause(1_000));
    await assertAllRead();
  });

  test('all loggers dead: 503 in at most 5 s', async () => {
    await Promise.all([1, 2, 3].map((n) => trilog.signalLogger(n, 'SIGKILL')));
    await assert503(postForm);
    await assert503(() => fetch(trilog.url));
  });
}

// In one runtime: in containers CI breaks members under traffic by proof/chaos.
const runtime = (await availableRuntimes())[0] ?? assert.fail('these tests need Java 17+ or a Docker engine');
describe(`the members as ${runtime}`, () => testFaults(runtime));
