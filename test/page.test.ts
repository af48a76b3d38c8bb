import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from './browser.ts';
import { availableRuntimes, isolatedEnvironment, type Launched, launch, until } from './launched.ts';
import { remains } from './script-run.ts';
import { readAll } from './traffic.ts';

const LONG = 120_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let trilog: Launched;
let browser: Browser;
let page: Page;
let complaints: readonly string[];

before(async () => {
  browser = await startBrowser();
  const [runtime] = await availableRuntimes();
  assert.ok(runtime, 'this test needs Java 17+ or a Docker engine');
  trilog = await launch('launch.sh', runtime, { env: { ...(await isolatedEnvironment(runtime)), LAB: '1' } });
  ({ page, complaints } = await openPage(browser, trilog.url));
});
after(async () => {
  await browser?.close();
  await trilog?.stop();
});

const text = async (selector: string) => (await page.textContent(selector)) ?? '';
const figure = async (name: string) => Number((await text(`#${name}`)).replaceAll(',', ''));
const part = (name: string) => `[data-part=${name}]`;
const act = (name: string, action: string) => page.click(`${part(name)} [data-action=${action}]`);
const stateIs = (name: string, state: string) =>
  until(`${name} is ${state}`, LONG, async () => (await text(`${part(name)} td`)) === state);
/** How many partitions each member owns, as the map shows it at one moment. */
const cells = () =>
  page.$$eval('#map span', (spans) =>
    [0, 1, 2].map((n) => spans.filter(({ className }) => className === `owner-${n}`).length),
  );
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

async function send(message: string): Promise<void> {
  await page.fill('#msg', message);
  await page.press('#msg', 'Enter');
  await until('it is stored', LONG, async () => /^Stored by logger-\d in /.test(await text('#sent')));
}

/** Waits until the four counters say that everything acknowledged, and so much of it, is there. */
async function agree(count: number): Promise<void> {
  await until(`${count} are there`, LONG, async () => {
    const figures = await Promise.all(['acknowledged', 'stored', 'missing', 'duplicated'].map(figure));
    return figures.join() === `${count},${count},0,0` && (await text('#verdict')).startsWith('They agree');
  });
}

/** Waits until the next member may be killed, as the page says it. */
const settled = () =>
  until('every entry has all its copies', LONG, async () => (await text('#members tfoot')).startsWith('Every entry'));

/** What the page says that each member owns and holds as backups. */
async function entries(): Promise<readonly (readonly number[])[]> {
  return page.$$eval('#members tbody tr', (rows) =>
    rows.map((row) => [1, 2].map((cell) => Number(row.querySelectorAll('td')[cell]?.textContent?.replaceAll(',', '')))),
  );
}

test('an empty system adds up, and says what to do', async () => {
  await agree(0);
  await until('it says so', 30_000, async () => (await text('#more')) === 'No messages yet. Send one.');
  assert.equal(sum(await cells()), 271);
});

test('a message that is sent appears in the list, and its way when it is opened', async () => {
  await send('hello');
  await until('it is in the list', 30_000, async () => (await text('#rows tbody')).includes('hello'));
  assert.equal(await text('#command code'), `curl --data-urlencode 'msg=hello' ${trilog.url}/`);
  await page.click('#rows tbody button');
  await until('its way is shown', 30_000, async () => /stored/.test(await text('#message table')));
  assert.match(await text('#message dl'), /partition\d+ownermember-\dbackupsmember-\d, member-\d/);
  await page.keyboard.press('Escape');
  await agree(1);
});

test('a hostile text is shown as the text that it is', async () => {
  const hostile = [
    '<img src=x onerror=alert(1)><script>alert(2)</script>',
    '\u001b[31mred\u001b[0m',
    '\u202eevil',
    `${'x'.repeat(65_500)}end`,
  ];
  for (const message of hostile) await send(message);
  await until('all are in the list', 30_000, async () => (await page.locator('#rows tbody tr').count()) === 5);
  const shown = await page.$$eval('#rows tbody button', (buttons) => buttons.map(({ textContent }) => textContent));
  assert.deepEqual(shown.slice(0, 4).reverse(), [
    hostile[0],
    '\\u001b[31mred\\u001b[0m',
    '\\u202eevil',
    `${'x'.repeat(200)} … (65,503)`,
  ]);
  assert.equal(await page.locator('#rows img, #rows script').count(), 0);
  await page.click('#rows tbody button');
  await until('the whole text is shown', 30_000, async () => (await text('#message pre')) === hostile[3]);
  await page.keyboard.press('Escape');
});

test('many are sent at once, older ones come by scrolling, and each is found by its text and its UUID', async () => {
  await page.fill('#count', '300');
  await page.click('#burst button[type=submit]');
  await until('they are acknowledged', LONG, async () => (await text('#sent')).startsWith('300 of 300'));
  await agree(305);
  await page.reload();
  await until('the newest are there', 30_000, async () => (await page.locator('#rows tbody tr').count()) >= 50);
  await until('the first one is there', LONG, async () => {
    await page.$eval('#rows', (rows) => rows.scrollTo(0, rows.scrollHeight));
    return (await text('#more')) === 'That is the first one.';
  });
  const UUIDs = await page.$$eval('#rows tbody tr', (rows) => rows.map((row) => row.getAttribute('data-uuid') ?? ''));
  assert.deepEqual(UUIDs.reverse(), [...(await readAll(trilog.url)).keys()]);
  await page.fill('#wanted', 'NO. 299');
  await page.press('#wanted', 'Enter');
  await until('one is found', 30_000, async () => (await page.locator('#rows tbody tr').count()) === 1);
  assert.match(await text('#rows tbody'), /burst .* no\. 299/);
  await page.fill('#wanted', UUIDs[0] ?? '');
  await page.press('#wanted', 'Enter');
  await until('it is opened', 30_000, async () => (await text('#message pre')) === 'hello');
  await page.keyboard.press('Escape');
  await page.click('#live');
});

test('a member that is killed from the page loses its colour, nothing else; it comes back', async () => {
  const [, before = 0] = await cells();
  assert.ok(before > 80, `${before} cells`);
  await act('member-2', 'kill');
  await until('nothing is its own', LONG, async () => {
    const owned = await cells();
    return owned[1] === 0 && sum(owned) === 271;
  });
  assert.equal(await text('#command code'), 'bash hazelcast/member.sh kill 2');
  await stateIs('member-2', 'not in the cluster');
  await stateIs('logger-2', 'waits for its member');
  await send('while one is dead');
  await agree(306);
  await act('member-2', 'start');
  await stateIs('member-2', 'up');
  await until('it owns partitions', LONG, async () => Number((await cells())[1]) > 80);
  await settled();
  await agree(306);
});

test('a logger is frozen, resumed, killed and started from the page', async () => {
  await act('logger-1', 'freeze');
  await stateIs('logger-1', 'frozen: does not answer');
  await send('while one is frozen');
  await act('logger-1', 'resume');
  await stateIs('logger-1', 'ready');
  await act('logger-3', 'kill');
  await stateIs('logger-3', 'gone');
  await send('while one is gone');
  await act('logger-3', 'start');
  await stateIs('logger-3', 'ready');
  await agree(308);
});

test('after five kills the counts are those of a full read of the map', async () => {
  for (const name of ['member-1', 'member-3', 'member-2']) {
    await act(name, 'kill');
    await stateIs(name, 'not in the cluster');
    await send(`${name} is dead`);
    await act(name, 'start');
    await stateIs(name, 'up');
    await settled();
  }
  const stored = [...(await readAll(trilog.url)).keys()];
  assert.equal(stored.length, 311);
  await agree(stored.length);
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
    const shown = JSON.stringify(await entries());
    return shown === JSON.stringify(owned.map((count) => [count, stored.length - count]));
  });
});

interface Place {
  readonly owner: string;
}

test('it says when it has lost touch, and finds back by itself', async () => {
  const { pid } = (await (await fetch(`${trilog.url}/health/live`)).json()) as { pid: number };
  process.kill(pid, 'SIGSTOP');
  try {
    await until('it says so', 15_000, async () => (await text('#touch')).startsWith('lost touch at'));
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await until('it is back', 15_000, async () => (await text('#touch')) === 'live');
  await agree(311);
});

test('an order without the token of the page is refused', async () => {
  const order = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"part":"member-1","action":"kill"}',
  };
  assert.equal((await fetch(`${trilog.url}/ui/lab`, order)).status, 403);
  const visit = await fetch(trilog.url, { headers: { Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site' } });
  assert.match(await visit.text(), /name="lab-token" content=""/);
});

for (const [colorScheme, width] of [
  ['light', 1_200],
  ['dark', 1_200],
  ['light', 360],
  ['dark', 360],
] as const) {
  test(`it is accessible and fits, ${colorScheme}, ${width} px wide`, async () => {
    const opened = await openPage(browser, trilog.url, { colorScheme, width });
    await until('it has messages', 30_000, async () => (await opened.page.locator('#rows tbody tr').count()) >= 50);
    // Not as a script element: the page's Content-Security-Policy forbids those.
    await opened.page.evaluate(AXE);
    const violations = await opened.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: object[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes).slice(0, 300)}`);
    });
    assert.deepEqual(violations, []);
    assert.equal(await opened.page.evaluate('document.documentElement.scrollWidth'), width);
    assert.deepEqual(opened.complaints, []);
    await opened.page.close();
  });
}

test('nothing was complained of, and all of it is small', async () => {
  assert.deepEqual(complaints, []);
  const files = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const own = new Set([`${trilog.url}/ui`, ...files.filter((name) => /\.(js|css|svg)$/.test(name))]);
  assert.ok(own.size > 10);
  const sizes = await Promise.all([...own].map(async (file) => (await (await fetch(file)).arrayBuffer()).byteLength));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
});

test('Ctrl+C ends what was started from the page as well', async () => {
  await act('logger-2', 'kill');
  await stateIs('logger-2', 'gone');
  await act('logger-2', 'start');
  await stateIs('logger-2', 'ready');
  await act('logger-1', 'freeze');
  await stateIs('logger-1', 'frozen: does not answer');
  await trilog.stop();
  assert.deepEqual(await remains(trilog.env), []);
});
