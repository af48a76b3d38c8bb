import { readdirSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { Worker } from 'node:worker_threads';
import { availableRuntimes, isolatedEnvironment, launch, ROOT } from '../test/launched.ts';
import { postFor } from './load.ts';
import { median } from './median.ts';

/** Measures what the page costs: its bytes, how late its tail is, and what 200 viewers take of the POSTs. */

const VIEWERS = 200;
const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = Number(process.argv[3] ?? 3);
const TAIL_PER_SECOND = 200;
const LOAD = { connections: 64, seconds: SECONDS, length: 100 };
const say = (text: string) => void process.stdout.write(`${text}\n`);

const [runtime] = await availableRuntimes();
if (runtime === undefined) throw new Error('neither Java nor a Docker engine is there');
const trilog = await launch('launch.sh', runtime, { env: await isolatedEnvironment(runtime) });
const target = { url: `${trilog.url}/`, withUuid: false };

try {
  const folder = `${ROOT}services/facade/page/`;
  const files = ['page.html', ...readdirSync(`${folder}ui`).map((name) => `ui/${name}`)];
  const bytes = files.reduce((sum, name) => sum + statSync(folder + name).size, 0);
  say(`bytes of the page: ${bytes}`);

  const lags = await measureLag();
  say(
    `lag of the tail at ${TAIL_PER_SECOND}/s, from the answer to the viewer: half ${lags.p50} ms, 99 % ${lags.p99} ms, most ${lags.most} ms, of ${lags.count} (${lags.lost} did not come)`,
  );

  if (lags.lost > 0 || !(lags.p50 >= 0)) {
    say('not all came to the viewer');
    process.exitCode = 1;
  }

  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    // In turns, and each way first in every other round: what else the machine does falls on both.
    const ways = round % 2 === 0 ? [0, VIEWERS] : [VIEWERS, 0];
    const rates = new Map<number, number>();
    for (const viewers of ways) rates.set(viewers, await rateWith(viewers));
    const alone = rates.get(0) ?? 0;
    const watched = rates.get(VIEWERS) ?? 0;
    say(
      `${round === 0 ? 'warm' : `round ${round}`}: ${Math.round(alone)}/s alone, ${Math.round(watched)}/s with ${VIEWERS} viewers`,
    );
    if (round > 0) ratios.push(watched / alone);
  }
  say(`POSTs with ${VIEWERS} viewers: ${(100 * median(ratios)).toFixed(0)} % of those without`);
} finally {
  await trilog.stop();
}

/** Messages a second on 64 connections while so many watch. */
async function rateWith(viewers: number): Promise<number> {
  const crowd = new Worker(new URL('./viewers-worker.js', import.meta.url), {
    workerData: { url: `${trilog.url}/ui/events`, count: viewers },
  });
  await new Promise((resolve) => crowd.once('message', resolve));
  const { stored, seconds, failed } = await postFor(target, LOAD, () => {});
  if (failed > 0) {
    say(`${failed} POSTs failed`);
    process.exitCode = 1;
  }
  await crowd.terminate();
  // The facade stops watching some seconds after the last viewer has left.
  await new Promise((resolve) => setTimeout(resolve, viewers > 0 ? 11_000 : 0));
  return stored / seconds;
}

async function measureLag() {
  const answered = new Map<string, number>();
  const lags: number[] = [];
  const response = await new Promise<IncomingMessage>((resolve) => get(`${trilog.url}/ui/events`, resolve));
  let text = '';
  response.setEncoding('utf8').on('data', (data: string) => {
    const now = performance.now();
    text += data;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      if (!event.startsWith('event: tail\n')) continue;
      const { rows } = JSON.parse(event.slice(event.indexOf('{'))) as { rows: { UUID: string }[] };
      for (const { UUID } of rows) {
        // The frame may overtake the answer: then it is not late at all.
        lags.push(Math.max(0, now - (answered.get(UUID) ?? now)));
        answered.delete(UUID);
      }
    }
  });
  let sent = 0;
  const pending: Promise<void>[] = [];
  const startMs = performance.now();
  while (performance.now() < startMs + 1_000 * Math.max(SECONDS, 5)) {
    const due = ((performance.now() - startMs) * TAIL_PER_SECOND) / 1_000;
    for (; sent < due; sent++) pending.push(post(`tail ${sent}`));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(pending);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  response.destroy();
  lags.sort((a, b) => a - b);
  const at = (part: number) => Math.round(lags[Math.ceil(part * lags.length) - 1] ?? Number.NaN);
  return { p50: at(0.5), p99: at(0.99), most: at(1), count: sent, lost: sent - lags.length };

  async function post(msg: string): Promise<void> {
    const answer = await fetch(target.url, { method: 'POST', body: new URLSearchParams({ msg }) });
    const { UUID } = (await answer.json()) as { UUID: string };
    answered.set(UUID, performance.now());
  }
}
