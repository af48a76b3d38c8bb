import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../history/history.ts';
import { eventsOf, good, type Sample } from '../history/sample-history.ts';
import { checkHistory } from '../rules/checker.ts';
import { checkLinearizability, type Linearizability } from '../rules/linearizability.ts';
import { buildPorcupine, type Porcupine } from '../rules/porcupine.ts';
import type { Finding } from '../rules/violation.ts';
import type { HistoryDefect } from './history-defects.ts';

const DEADLINE_MS = 15_000;

/** Makes each defect in a clean history, and has it found by every checker that there is; true if each finds all of them. */
export async function proveHistoryDefects(
  defects: readonly HistoryDefect[],
  say: (text: string) => void,
): Promise<boolean> {
  const porcupine = await buildPorcupine();
  try {
    if (porcupine === undefined) say('left out: the check by Porcupine, as Go is not installed');
    let areAllFound = true;
    const clean = await findIn(good, porcupine);
    if (clean.own.length > 0 || clean.porcupine.length > 0) throw new Error('a clean history is not found to be clean');
    for (const { name, spoil, shownBy } of defects) {
      const found = await findIn(spoil(good), porcupine);
      const byUs = shownBy.every((rule) => found.own.some((each) => each.rule === rule));
      const byPorcupine = porcupine === undefined || found.porcupine.length > 0;
      areAllFound &&= byUs && byPorcupine;
      const details = [...found.own, ...found.porcupine].map(({ rule, detail }) => `${rule}: ${detail}`);
      say(`${name.padEnd(20)} ${byUs && byPorcupine ? 'found' : 'NOT FOUND'}: ${details.join('\n  ')}`);
    }
    return areAllFound;
  } finally {
    porcupine?.close();
  }
}

async function findIn(sample: Sample, porcupine: Porcupine | undefined) {
  const events = eventsOf(sample);
  const own: readonly Finding[] = checkHistory(events, { deadlineMs: DEADLINE_MS }).violations;
  if (porcupine === undefined) return { own, porcupine: [] };
  return { own, porcupine: (await checkStored(events, porcupine)).findIn(sample.window) };
}

/** Stores a history in the order in which it ended, has it checked, and removes it. */
export async function checkStored(events: readonly Event[], porcupine: Porcupine): Promise<Linearizability> {
  const folder = mkdtempSync(join(tmpdir(), 'trilog-history-'));
  try {
    const path = join(folder, 'history.ndjson');
    const ordered = events.toSorted((a, b) => a.endMs - b.endMs);
    writeFileSync(path, ordered.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return await checkLinearizability(porcupine, path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
