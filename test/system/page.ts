import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openPage } from '../browser.ts';
import type { SystemAt } from '../launched.ts';
import { createPageSteps, LONG_MS, type PageSteps, sum } from '../page-steps.ts';
import { readAll } from '../traffic.ts';
import { until } from '../until.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Tests what the page shows of a system that has taken no message yet. */
export function testEmptyPage(trilog: SystemAt, browser: () => Browser): void {
  test('an empty system adds up, and says what to do', async () => {
    const { page, complaints } = await openPage(browser(), trilog.url);
    const steps = createPageSteps(page);
    await steps.agree(0);
    await until('it says so', 30_000, async () => (await steps.text('#more')) === 'No messages yet. Send one.');
    assert.equal(sum(await steps.cells()), 271);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

/** Tests what a visitor does on the page, and sees there. All messages that the members have came by way of this facade. */
export function testPage(trilog: SystemAt, browser: () => Browser): void {
  let page: Page;
  let complaints: readonly string[];
  let steps: PageSteps;
  /** How many messages there were before. */
  let stored: number;

  before(async () => {
    stored = (await readAll(trilog.url)).size;
    ({ page, complaints } = await openPage(browser(), trilog.url));
    steps = createPageSteps(page);
  });
  after(() => page?.close());

  test('a message that is sent appears in the list, and its way when it is opened', async () => {
    await steps.send('hello');
    await until('it is in the list', 30_000, async () => (await steps.text('#rows tbody')).includes('hello'));
    assert.equal(await steps.text('#command code'), `curl --data-urlencode 'msg=hello' ${trilog.url}/`);
    await page.click('#rows tbody button');
    await until('its way is shown', 30_000, async () => /stored/.test(await steps.text('#message table')));
    assert.match(await steps.text('#message dl'), /partition\d+ownermember-\dcopiesmember-\d, member-\d/);
    await page.keyboard.press('Escape');
    await steps.agree(stored + 1);
  });

  test('the form works without scripts', async () => {
    const context = await browser().newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(trilog.url);
    await plain.fill('#send [name=msg]', 'without scripts');
    await plain.click('#send button[type=submit]');
    assert.equal(new URL(plain.url()).pathname, '/polls/thanks');
    await context.close();
    stored++;
  });

  test('a hostile text is shown as the text that it is', async () => {
    const hostile = [
      '<img src=x onerror=alert(1)><script>alert(2)</script>',
      '\u001b[31mred\u001b[0m',
      '\u202eevil',
      `${'x'.repeat(65_500)}end`,
    ];
    for (const message of hostile) await steps.send(message);
    await until(
      'all are in the list',
      30_000,
      async () => (await page.locator('#rows tbody tr').count()) === stored + 5,
    );
    const shown = await page.$$eval('#rows tbody button', (buttons) => buttons.map(({ textContent }) => textContent));
    assert.deepEqual(shown.slice(0, 4).reverse(), [
      hostile[0],
      '\\u001b[31mred\\u001b[0m',
      '\\u202eevil',
      `${'x'.repeat(200)} … (65,503)`,
    ]);
    assert.equal(await page.locator('#rows img, #rows script').count(), 0);
    await page.click('#rows tbody button');
    await until('the whole text is shown', 30_000, async () => (await steps.text('#message pre')) === hostile[3]);
    await page.keyboard.press('Escape');
  });

  test('many are sent at once, older ones come by scrolling, and each is found by its text and its UUID', async () => {
    await page.fill('#count', '300');
    await page.click('#burst button[type=submit]');
    await until('they are acknowledged', LONG_MS, async () => (await steps.text('#sent')).startsWith('300 of 300'));
    await steps.agree(stored + 305);
    await page.reload();
    await until('the newest are there', 30_000, async () => (await page.locator('#rows tbody tr').count()) >= 50);
    await until('the first one is there', LONG_MS, async () => {
      await page.$eval('#rows', (rows) => rows.scrollTo(0, rows.scrollHeight));
      return (await steps.text('#more')) === 'That is the first one.';
    });
    const UUIDs = await page.$$eval('#rows tbody tr', (rows) => rows.map((row) => row.getAttribute('data-uuid') ?? ''));
    const all = [...(await readAll(trilog.url))];
    assert.deepEqual(
      UUIDs.reverse(),
      all.map(([UUID]) => UUID),
    );
    await page.fill('#wanted', 'NO. 299');
    await page.press('#wanted', 'Enter');
    await until('one is found', 30_000, async () => (await page.locator('#rows tbody tr').count()) === 1);
    assert.match(await steps.text('#rows tbody'), /burst .* no\. 299/);
    const [[first = '', text] = []] = all;
    await page.fill('#wanted', first);
    await page.press('#wanted', 'Enter');
    await until('it is opened', 30_000, async () => (await steps.text('#message pre')) === text);
    await page.keyboard.press('Escape');
    await page.click('#live');
  });

  test('the way of a message lights up in the picture, and its logger is known after a reload', async () => {
    await steps.send('lights up');
    const logger = /^Stored by (logger-\d) in /.exec(await steps.text('#sent'))?.[1] ?? '';
    await until('it is told', 10_000, async () =>
      (await steps.text('#way')).startsWith(`“lights up”: ${logger} stored it`),
    );
    assert.match((await page.getAttribute('#picture', 'aria-label')) ?? '', /logger-1: ready, .*member-3: up/);
    await page.reload();
    await until('it is in the list', 10_000, async () => {
      const cells = await page.$$eval('#rows tbody tr:first-child td', (all) => all.map((cell) => cell.textContent));
      return cells[1]?.startsWith('lights up') === true && cells[2] === logger && cells[4] === '1';
    });
    await until('it is live', 10_000, async () => (await steps.text('#touch')) === 'live');
  });

  test('it says when it has lost touch, and finds back by itself', async () => {
    const { pid } = (await (await fetch(`${trilog.url}/health/live`)).json()) as { pid: number };
    process.kill(pid, 'SIGSTOP');
    try {
      await until('it says so', 15_000, async () => (await steps.text('#touch')).startsWith('lost touch at'));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until('it is back', 15_000, async () => (await steps.text('#touch')) === 'live');
    await steps.agree(stored + 306);
  });

  for (const [colorScheme, width] of [
    ['light', 1_200],
    ['dark', 1_200],
    ['light', 360],
    ['dark', 360],
  ] as const) {
    test(`it is accessible and fits, ${colorScheme}, ${width} px wide`, async () => {
      const opened = await openPage(browser(), trilog.url, { colorScheme, width });
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
}
