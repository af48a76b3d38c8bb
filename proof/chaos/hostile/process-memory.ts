import { lines } from '../../../test/script-run.ts';

/** The memory of some processes over a time, in MB: one row for each sample, one column for each process. */
export type MemorySamples = readonly (readonly number[])[];

const SAMPLE_EVERY_MS = 1_000;
/** What a process may have more in the second half: by a factor, and beside it. */
const GROWTH = 1.3;
const ALLOWANCE_MB = 64;

/** Starts to look at the resident memory of processes each second, by ps. One that is not there has 0 MB. */
export function watchMemory(pids: readonly number[]): { stop(): Promise<MemorySamples> } {
  const samples: Promise<readonly number[]>[] = [];
  const sample = async () => {
    if (pids.length === 0) return [];
    const table = (await lines('ps', '-o', 'pid=,rss=', '-p', pids.join(','))).map((line) => line.trim().split(/\s+/));
    return pids.map((pid) => Number(table.find(([id]) => id === String(pid))?.[1] ?? 0) / 1024);
  };
  const timer = setInterval(() => samples.push(sample()), SAMPLE_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return Promise.all(samples);
    },
  };
}

/** Whether the memory of every process was flat, and the figures of each. */
export function isFlat(samples: MemorySamples, pids: readonly number[]): { held: boolean; found: string } {
  const half = Math.floor(samples.length / 2);
  const mostOf = (rows: MemorySamples, column: number) => Math.max(0, ...rows.map((row) => row[column] ?? 0));
  const found = pids.map((pid, column) => {
    const first = mostOf(samples.slice(0, half), column);
    const second = mostOf(samples.slice(half), column);
    const held = first > 0 && samples.every((row) => row[column] !== 0) && second <= GROWTH * first + ALLOWANCE_MB;
    return { held, text: `${pid}: ${Math.round(first)} MB, then ${Math.round(second)} MB` };
  });
  return {
    held: found.length > 0 && found.every(({ held }) => held),
    found: found.map(({ text }) => text).join('; ') || 'no process was watched',
  };
}
