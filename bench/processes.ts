import { readFileSync } from 'node:fs';

/** Processes that take part in something, by the names that the tables have. */
export type Processes = Readonly<Record<string, number>>;

/** Linux counts CPU time in hundredths of a second, wherever it runs (USER_HZ). */
const TICK_MS = 10;
const SAMPLE_EVERY_MS = 50;

/** The CPU time that a process has used so far, in ms; throws if there is none of this pid. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is a name in parentheses and may have blanks; utime and stime are the 14th and the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return TICK_MS * (Number(fields[11]) + Number(fields[12]));
}

/** The resident memory of a process, in MB; throws if there is none of this pid. */
export function memoryMbOf(pid: number): number {
  const [, kB] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kB) / 1_024;
}

/** Starts to count; the function it gives tells how many ms of CPU time each process has used since. */
export function startCpuClock(processes: Processes): () => Record<string, number> {
  const before = mapValues(processes, cpuMsOf);
  return () => mapValues(processes, (pid, name) => cpuMsOf(pid) - (before[name] ?? 0));
}

/** Watches memory; the function it gives ends that, and tells by how many MB each process grew at most. */
export function watchGrowth(processes: Processes): () => Record<string, number> {
  const before = mapValues(processes, memoryMbOf);
  const most = { ...before };
  const timer = setInterval(() => {
    try {
      for (const [name, pid] of Object.entries(processes)) most[name] = Math.max(most[name] ?? 0, memoryMbOf(pid));
    } catch {
      clearInterval(timer); // one has ended: whoever measures has an error of his own, which says more
    }
  }, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return mapValues(processes, (_pid, name) => (most[name] ?? 0) - (before[name] ?? 0));
  };
}

function mapValues<T>(processes: Processes, map: (pid: number, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, map(pid, name)]));
}
