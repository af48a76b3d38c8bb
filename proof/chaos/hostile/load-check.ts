import { LOAD_MARK, loadText } from '../../../test/load/load.ts';
import type { Check } from '../history/history.ts';

const READ_TIMEOUT_MS = 60_000;

interface Line {
  readonly UUID: string;
  readonly msg: string;
}

/**
 * Reads back what was stored after a UUID and checks that each acknowledged message of a load is there, once, with its own
 * text. Other messages, and those of the load that were not acknowledged, may be there as well.
 */
export async function checkLoad(url: string, after: string, acknowledged: ReadonlyMap<string, number>): Promise<Check> {
  const what = 'every acknowledged message of the load is read back once, with its own text';
  try {
    const times = new Map<string, number>();
    let altered = 0;
    for await (const { UUID, msg } of readLines(url, after)) {
      const n = acknowledged.get(UUID);
      if (n === undefined) continue;
      times.set(UUID, (times.get(UUID) ?? 0) + 1);
      if (msg !== loadText(n)) altered++;
    }
    const repeated = [...times.values()].filter((count) => count > 1).length;
    const lost = acknowledged.size - times.size;
    const found = `of ${acknowledged.size}: ${lost} lost, ${repeated} repeated, ${altered} altered`;
    return { what, held: lost === 0 && repeated === 0 && altered === 0 && acknowledged.size > 0, found };
  } catch (error) {
    return { what, held: false, found: `they could not be read: ${error}` };
  }
}

/** Reads messages as NDJSON; those whose text is not of a load are passed over before they cost much. */
async function* readLines(url: string, after: string): AsyncGenerator<Line> {
  const answer = await fetch(new URL(`/?after=${after}`, url), {
    headers: { Accept: 'application/x-ndjson' },
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
  });
  if (answer.status !== 200 || answer.body === null) throw new Error(`the answer was ${answer.status}`);
  let rest = '';
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.includes(LOAD_MARK)) yield JSON.parse(line) as Line;
  }
  if (rest !== '') throw new Error('the answer ended within a line');
}
