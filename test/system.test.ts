import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser } from './browser.ts';
import { availableRuntimes, isolatedEnvironment } from './launched.ts';
import { createScriptSystem } from './script-system.ts';
import { testHazelcastStore } from './system/hazelcast-store.ts';
import { testHostileLines } from './system/hostile-lines.ts';
import { testEnd, testLaunch, testMemberByHand } from './system/launch.ts';
import { testOperators } from './system/operators.ts';
import { testEmptyPage, testPage } from './system/page.ts';
import { testReadmeSession } from './system/readme-session.ts';
import { testTabs } from './system/tabs.ts';
import { testUnfitClusters } from './system/unfit-clusters.ts';

/**
 * All that can be tested on one system, in one runtime. The order counts: the first ones need it empty, and the page needs the
 * facade to have stored all that there is; the last ones kill a member, and the last one of all ends it.
 */
const [runtime] = await availableRuntimes();
assert.ok(runtime, 'these tests need Java 17+ or a Docker engine');
const trilog = createScriptSystem({ ...(await isolatedEnvironment(runtime)), LAB: '1' });

let browser: Browser;
before(async () => {
  browser = await startBrowser();
  await trilog.start();
});
after(async () => {
  await browser?.close();
  await trilog.end();
});

describe(`launch.sh, members by ${runtime}`, () => testLaunch(trilog, runtime));
describe('the page of an empty system', () => testEmptyPage(trilog, () => browser));
describe('the README', () => testReadmeSession(trilog));
describe('the page', () => testPage(trilog, () => browser));
describe('tabs of the page', () => testTabs(trilog, () => browser));
describe('for operators', () => testOperators(trilog));
describe('what is logged', () => testHostileLines(trilog));
describe('a cluster that is not ours', () => testUnfitClusters(trilog));
describe('a member', () => testMemberByHand(trilog));
describe('a store on its member', () => testHazelcastStore(trilog));
describe('the end', () => testEnd(trilog));
