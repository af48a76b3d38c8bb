import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openPage, startBrowser } from './browser.ts';
import { availableRuntimes, isolatedEnvironment, launch, ROOT } from './launched.ts';
import { createPageSteps, LONG_MS } from './page-steps.ts';
import { until } from './until.ts';

/**
 * Takes pictures of the page as it is empty, after a burst, with a logger dead, with a member killed, with one frozen, and after
 * a reload with all of them back: light, dark, and on a narrow screen. `node dist/test/screenshots.js [FOLDER [BURST]]`
 */

const FOLDER = join(ROOT, process.argv[2] ?? 'screenshots');
const BURST = Number(process.argv[3] ?? 10_000);
const LOOKS = {
  light: { colorScheme: 'light', width: 1_200 },
  dark: { colorScheme: 'dark', width: 1_200 },
  narrow: { colorScheme: 'light', width: 360 },
  'narrow-dark': { colorScheme: 'dark', width: 360 },
} as const;
/** 10,000 by a browser, on a busy machine. */
const BURST_MS = 600_000;
const say = (text: string) => void process.stdout.write(`${text}\n`);

const [runtime] = await availableRuntimes();
if (runtime === undefined) throw new Error('neither Java nor a Docker engine is there');
const browser = await startBrowser();
const trilog = await launch('launch.sh', runtime, { env: { ...(await isolatedEnvironment(runtime)), LAB: '1' } });
try {
  mkdirSync(FOLDER, { recursive: true });
  const complaints: (readonly string[])[] = [];
  const pages: Record<string, Page> = {};
  for (const [look, options] of Object.entries(LOOKS)) {
    const opened = await openPage(browser, trilog.url, options);
    pages[look] = opened.page;
    complaints.push(opened.complaints);
  }
  const first = pages.light as Page;
  const steps = createPageSteps(first);

  let count = 0;
  /** Sends a message before the picture of each page is taken: its way is lit. All pages agree afterwards. */
  const take = async (state: string) => {
    for (const page of Object.values(pages)) await createPageSteps(page).agree(count);
    for (const [look, page] of Object.entries(pages)) {
      const text = `${state}, ${look}`;
      await steps.send(text);
      count++;
      await until('its way is lit', LONG_MS, async () =>
        ((await page.textContent('#way')) ?? '').startsWith(`“${text}”`),
      );
      await page.evaluate('scrollTo(0, 0)');
      await page.screenshot({ path: join(FOLDER, `page-${state}-${look}.png`) });
    }
    for (const page of Object.values(pages)) await createPageSteps(page).agree(count);
    say(`${state}: ${count} messages, and the counters agree`);
  };

  await steps.agree(0);
  await first.screenshot({ path: join(FOLDER, 'page-empty-light.png') });
  const startMs = performance.now();
  await first.fill('#count', String(BURST));
  await first.click('#burst button[type=submit]');
  const done = `${BURST.toLocaleString('en-US')} of ${BURST.toLocaleString('en-US')} acknowledged, in`;
  await until('the burst is over', BURST_MS, async () => {
    const text = await steps.text('#sent');
    return text.startsWith(done) && !(await first.isVisible('#stop'));
  });
  say(`the burst of ${BURST} from the page took ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
  count += BURST;
  await take('burst');
  await steps.act('logger-2', 'kill');
  await steps.stateIs('logger-2', 'gone');
  await take('logger');
  await steps.act('logger-2', 'start');
  await steps.stateIs('logger-2', 'ready');
  await steps.act('member-2', 'kill');
  await steps.stateIs('member-2', 'not in cluster');
  await steps.stateIs('logger-2', 'waits for member');
  await take('killed');
  await steps.act('member-2', 'start');
  await steps.stateIs('member-2', 'up');
  await steps.settled();
  await steps.act('member-3', 'freeze');
  await steps.stateIs('member-3', 'frozen');
  await take('frozen');
  await steps.act('member-3', 'resume');
  await steps.stateIs('member-3', 'up');
  await until('it owns partitions', LONG_MS, async () => Number((await steps.cells())[2]) > 80);
  await steps.settled();
  for (const page of Object.values(pages)) {
    await page.reload();
    await page.getByText('live', { exact: true }).waitFor();
  }
  await take('back');
  for (const complaint of complaints.flat()) say(`a page complained: ${complaint}`);
  if (complaints.flat().length > 0) process.exitCode = 1;
} finally {
  await browser.close();
  await trilog.stop();
}
