import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { SystemAt } from '../launched.ts';

/** Tests what becomes of pages that nobody sees. */
export function testTabs(trilog: SystemAt, browser: () => Browser): void {
  test('a hidden tab lets its stream go: eight are open, and each is live when it is shown', async () => {
    const context = await browser().newContext(); // its tabs share the six connections of one browser
    const tabs: Page[] = [];
    for (let n = 0; n < 8; n++) {
      const tab = await context.newPage();
      tabs.push(tab);
      await tab.goto(trilog.url);
      await tab.getByText('live', { exact: true }).waitFor();
      assert.equal(await show(tab, false), 'paused, old');
    }
    for (const tab of tabs) {
      assert.equal(await show(tab, true), 'connecting …, old', 'what it shows is not that of now yet');
      await tab.getByText('live', { exact: true }).waitFor();
      assert.equal(await tab.evaluate('document.body.className'), '');
      await show(tab, false);
    }
    await context.close();
  });
}

/** Hides a tab, or shows it, as a browser does (one that is driven says of all its tabs that they are shown); gives what it says. */
function show(tab: Page, isShown: boolean): Promise<string> {
  return tab.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${!isShown} });
    document.dispatchEvent(new Event('visibilitychange'));
    document.querySelector('#touch').textContent + ', ' + document.body.className;
  `);
}
