import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from './browser.ts';
import { type InProcess, openInProcess } from './in-process.ts';

let trilog: InProcess;
let browser: Browser;
before(async () => {
  browser = await startBrowser(); // first: without one nothing else is left open
  trilog = await openInProcess();
});
after(async () => {
  await trilog?.close();
  await browser?.close();
});

/** Opens the page of a service, and gathers what it complains of and whom else it asks. */
async function openDocs(url: string): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${url}/docs`);
  await page.locator('.opblock').first().waitFor({ timeout: 30_000 });
  return { page, complaints, asked };
}

test('each service has a page of its calls, which asks nobody but the service and complains of nothing', async () => {
  const [logger] = trilog.loggers;
  assert.ok(logger);
  for (const { url } of [trilog, logger, trilog.messages]) {
    const { page, complaints, asked } = await openDocs(url);
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { readonly paths: object };
    const calls = Object.values(paths).flatMap((operations) => Object.keys(operations));
    assert.equal(await page.locator('.opblock').count(), calls.length);
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      asked.filter((address) => !address.startsWith(`${url}/`) && !address.startsWith('data:')),
      [],
    );
  }
});

test('a message can be stored from it', async () => {
  const { page, complaints } = await openDocs(trilog.url);
  const post = page.locator('.opblock-post').first();
  await post.locator('.opblock-summary-control').click();
  await post.getByRole('button', { name: 'Try it out' }).click();
  await post.locator('textarea').fill('{"msg":"from the page"}');
  await post.getByRole('button', { name: 'Execute' }).click();
  const status = post.locator('.live-responses-table .response-col_status');
  await status.getByText('201').waitFor({ timeout: 10_000 });
  assert.match(await (await fetch(trilog.url)).text(), /^from the page\n/);
  assert.deepEqual(complaints, []);
});

test('its scripts come from the service, and nothing may stand in the page itself', async () => {
  const response = await fetch(`${trilog.url}/docs`);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  const { page } = await openDocs(trilog.url);
  const ran: unknown = await page.evaluate(`(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    return 'ran' in window;
  })()`);
  assert.equal(ran, false);
});
