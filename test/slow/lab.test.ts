import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from '../browser.ts';
import { availableRuntimes, isolatedEnvironment, type Launched, launch } from '../launched.ts';
import { createPageSteps, LONG_MS, type PageSteps, sum } from '../page-steps.ts';
import { lines, remains } from '../script-run.ts';
import { readAll } from '../traffic.ts';
import { until } from '../until.ts';

const BEFORE = 305;
let trilog: Launched;
let browser: Browser;
let page: Page;
let complaints: readonly string[];
let steps: PageSteps;

before(async () => {
  browser = await startBrowser();
  const [runtime] = await availableRuntimes();
  assert.ok(runtime, 'this test needs Java 17+ or a Docker engine');
  trilog = await launch('launch.sh', runtime, { env: { ...(await isolatedEnvironment(runtime)), LAB: '1' } });
  ({ page, complaints } = await openPage(browser, trilog.url));
  steps = createPageSteps(page);
});
after(async () => {
  await browser?.close();
  await trilog?.stop();
});

test('a member that is killed from the page loses its colour, nothing else; it comes back', async () => {
  for (let n = 0; n < BEFORE; n++)
    await fetch(trilog.url, { method: 'POST', body: new URLSearchParams({ msg: `before ${n}` }) });
  await steps.agree(BEFORE);
  const [, before = 0] = await steps.cells();
  assert.ok(before > 80, `${before} cells`);
  await steps.act('member-2', 'kill');
  await until('nothing is its own', LONG_MS, async () => {
    const owned = await steps.cells();
    return owned[1] === 0 && sum(owned) === 271;
  });
  assert.equal(await steps.text('#command code'), 'bash hazelcast/member.sh kill 2');
  await steps.stateIs('member-2', 'not in cluster');
  await steps.stateIs('logger-2', 'waits for member');
  await steps.send('while one is dead');
  await steps.agree(306);
  await steps.act('member-2', 'start');
  await steps.stateIs('member-2', 'up');
  await until('it owns partitions', LONG_MS, async () => Number((await steps.cells())[1]) > 80);
  await steps.settled();
  await steps.agree(306);
});

test('a logger is frozen, resumed, killed and started from the page', async () => {
  await steps.act('logger-1', 'freeze');
  await steps.stateIs('logger-1', 'frozen');
  await steps.send('while one is frozen');
  await steps.act('logger-1', 'resume');
  await steps.stateIs('logger-1', 'ready');
  await steps.act('logger-3', 'kill');
  await steps.stateIs('logger-3', 'gone');
  await steps.send('while one is gone');
  await steps.act('logger-3', 'start');
  await steps.stateIs('logger-3', 'ready');
  await steps.agree(308);
});

test('after five kills the counts are those of a full read of the map', async () => {
  for (const name of ['member-1', 'member-3', 'member-2']) {
    await steps.act(name, 'kill');
    await steps.stateIs(name, 'not in cluster');
    await steps.send(`${name} is dead`);
    await steps.act(name, 'start');
    await steps.stateIs(name, 'up');
    await steps.settled();
  }
  const stored = [...(await readAll(trilog.url)).keys()];
  assert.equal(stored.length, 311);
  await steps.agree(stored.length);
  const owners = await Promise.all(
    stored.map(async (UUID) => (await (await fetch(`${trilog.loggerUrl(1)}/map/messages/${UUID}`)).json()) as Place),
  );
  await until('each row has the owner that a logger tells', 10_000, async () => {
    const rows = await page.$$eval('#rows tbody tr', (all) =>
      all.map((row) => [row.getAttribute('data-uuid'), row.querySelectorAll('td')[3]?.textContent] as const),
    );
    assert.ok(rows.length > 0);
    return rows.every(([UUID, owner]) => owner === owners[stored.indexOf(UUID ?? '')]?.owner);
  });
  const owned = [1, 2, 3].map((n) => owners.filter(({ owner }) => owner === `member-${n}`).length);
  await until('the members have them', 10_000, async () => {
    const shown = JSON.stringify(await steps.entries());
    return shown === JSON.stringify(owned.map((count) => [count, stored.length - count]));
  });
});

interface Place {
  readonly owner: string;
}

test('an order without the token of the page is refused', async () => {
  const order = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"part":"member-1","action":"kill"}',
  };
  assert.equal((await fetch(`${trilog.url}/ui/lab`, order)).status, 403);
  const foreign = { Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await fetch(trilog.url, { headers: foreign })).status, 403);
  // Not by fetch: it says its own Sec-Fetch-Mode.
  const link = Object.entries({ ...foreign, 'Sec-Fetch-Mode': 'navigate' }).flatMap((field) => [
    '-H',
    field.join(': '),
  ]);
  assert.match((await lines('curl', '--silent', ...link, trilog.url)).join('\n'), /name="lab-token" content=""/);
});

test('nothing was complained of', () => {
  assert.deepEqual(complaints, []);
});

test('Ctrl+C ends what was started from the page as well', async () => {
  await steps.act('logger-2', 'kill');
  await steps.stateIs('logger-2', 'gone');
  await steps.act('logger-2', 'start');
  await steps.stateIs('logger-2', 'ready');
  await steps.act('logger-1', 'freeze');
  await steps.stateIs('logger-1', 'frozen');
  await trilog.stop();
  assert.deepEqual(await remains(trilog.env), []);
});
