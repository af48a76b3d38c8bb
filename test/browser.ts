import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where Linux and macOS have it. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A page of a browser, and what it complained of. */
export interface OpenPage {
  readonly page: Page;
  /** Errors on its console, and requests to anybody but the page's own server. */
  readonly complaints: readonly string[];
}

/** Starts the Chromium of this machine; fails, with what to install, where there is none. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));
  if (executablePath === undefined)
    throw new Error('This test needs Chromium: install it (apt-get install chromium), or name it by CHROMIUM.');
  // Root has no sandbox of Chromium's.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** Opens an address of ours as a visitor does. */
export async function openPage(
  browser: Browser,
  url: string,
  { colorScheme = 'light', width = 1_200 }: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) complaints.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  await page.getByText('live', { exact: true }).waitFor();
  return { page, complaints };
}
