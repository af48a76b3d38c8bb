import type { Page } from 'playwright-core';
import { until } from './until.ts';

/** Long enough for whatever is waited for, on a busy machine too. */
export const LONG_MS = 120_000;

/** What a visitor does on the page, and sees there. */
export interface PageSteps {
  text(selector: string): Promise<string>;
  /** Sends a message, and waits until it is stored. */
  send(message: string): Promise<void>;
  /** Waits until the four counters say that everything acknowledged, and so much of it, is there. */
  agree(count: number): Promise<void>;
  /** Presses a button of a logger or a member. */
  act(part: string, action: string): Promise<void>;
  stateIs(part: string, state: string): Promise<void>;
  /** How many partitions each member owns, as the map shows it at one moment. */
  cells(): Promise<readonly number[]>;
  /** Waits until the next member may be killed, as the page says it. */
  settled(): Promise<void>;
  /** What the page says that each member owns and holds as backups. */
  entries(): Promise<readonly (readonly number[])[]>;
}

/** Makes the steps for an open page. */
export function createPageSteps(page: Page): PageSteps {
  const text = async (selector: string) => (await page.textContent(selector)) ?? '';
  const figure = async (name: string) => Number((await text(`#${name}`)).replaceAll(',', ''));
  const part = (name: string) => `[data-part=${name}]`;
  return {
    text,
    async send(message) {
      await page.fill('#msg', message);
      await page.press('#msg', 'Enter');
      await until('it is stored', LONG_MS, async () => /^Stored by logger-\d in /.test(await text('#sent')));
    },
    async agree(count) {
      await until(`${count} are there`, LONG_MS, async () => {
        const figures = await Promise.all(['acknowledged', 'stored', 'missing', 'duplicated'].map(figure));
        return figures.join() === `${count},${count},0,0` && (await text('#verdict')).startsWith('They agree');
      });
    },
    act: (name, action) => page.click(`${part(name)} [data-action=${action}]`),
    async stateIs(name, state) {
      await until(`${name} is ${state}`, LONG_MS, async () => (await text(`${part(name)} td`)) === state);
    },
    cells: () =>
      page.$$eval('#map span', (spans) =>
        [0, 1, 2].map((n) => spans.filter(({ className }) => className === `owner-${n}`).length),
      ),
    async settled() {
      await until('every message has all its copies', LONG_MS, async () =>
        (await text('#members tfoot')).startsWith('Every message'),
      );
    },
    entries: () =>
      page.$$eval('#members tbody tr', (rows) =>
        rows.map((row) =>
          [1, 2].map((cell) => Number(row.querySelectorAll('td')[cell]?.textContent?.replaceAll(',', ''))),
        ),
      ),
  };
}

/** The sum of some numbers. */
export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
