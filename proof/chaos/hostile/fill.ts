import { readFileSync } from 'node:fs';
import type { Random } from '../../random.ts';
import type { Check } from '../history/history.ts';
import { readBack, readOn } from './fill-reads.ts';
import { type FillPost, type FillSize, fillText, postFill, writeFill } from './fill-writers.ts';

interface Options {
  /** The pids of the members, if they are processes of this machine; they must live to the end. */
  readonly memberPids: readonly number[];
  /** Files with the members' logs, where there are such: none of them may tell of an OutOfMemoryError. */
  readonly memberLogs: readonly string[] | undefined;
  readonly random: Random;
}

/** So many refusals in a row, from all writers, are taken for full. */
const REFUSED_IN_A_ROW = 60;
const RETRIES = 20;
const WRITE_ON_MS = 5_000;
const FULL_WITHIN_MS = 180_000;

/**
 * Fills the members of a running system through its facade: texts of all lengths until they are refused, short ones until
 * they are refused too, and on. Then looks whether that was said as it should be, and whether all is as it was. Use
 * small heaps (MEMBER_HEAP=128m), and a system that is for this alone: what is written here stays.
 */
export async function fillMemory(url: string, options: Options): Promise<Check[]> {
  const { memberPids, memberLogs, random } = options;
  const membersBefore = await membersOf(url);
  const giveUpMs = performance.now() + FULL_WITHIN_MS;
  const isFull = (posts: readonly FillPost[]) =>
    performance.now() > giveUpMs ||
    (posts.length >= REFUSED_IN_A_ROW && posts.slice(-REFUSED_IN_A_ROW).every(isRefusal));

  const sizeOf = new Map<number, FillSize>();
  const all: FillPost[] = [];
  async function write(size: FillSize, isOver: (posts: readonly FillPost[]) => boolean): Promise<FillPost[]> {
    const posts = await writeFill(url, { size, firstN: all.length, random, isOver });
    for (const { n } of posts) sizeOf.set(n, size);
    all.push(...posts);
    return posts;
  }
  const textOf = (n: number) => fillText(n, sizeOf.get(n) ?? 'any');

  await write('any', isFull);
  await write('short', isFull);
  const endMs = performance.now() + WRITE_ON_MS;
  const reading = readOn(url, endMs);
  const whenFull = await write('any', () => performance.now() > endMs);
  const reads = await reading;

  const acknowledged = all.filter(({ status }) => status === 201);
  const refused = all.filter(({ status }) => status !== 201);
  const odd = refused.filter((post) => !isRefusal(post));
  const megabytes = acknowledged.reduce((sum, { n }) => sum + Buffer.byteLength(textOf(n)), 0) / 1_048_576;
  const back = await readBack(url, all, textOf);
  const missing = acknowledged.filter(({ n }) => !back.numbers.has(n));
  const again = await Promise.all(
    pickSome(acknowledged, random).map(({ n, uuid }) => postFill(url, n, uuid, textOf(n))),
  );
  const other = await Promise.all(
    pickSome(acknowledged, random).map(({ n, uuid }) => postFill(url, n, uuid, 'another')),
  );
  const membersAfter = await membersOf(url);
  const dead = memberPids.filter((pid) => !isAlive(pid));
  const outOfMemory = memberLogs?.filter((path) => /OutOfMemoryError/.test(readFileSync(path, 'utf8')));

  const refusedPosts = whenFull.filter(isRefusal);
  const fullPosts = whenFull.filter(({ status }) => status === 507);
  const slowestMs = Math.round(Math.max(0, ...fullPosts.map(({ tookMs }) => tookMs)));
  return [
    {
      what: 'messages are refused before the members’ memory is full, and short ones too',
      held: acknowledged.length > 0 && fullPosts.length > 0.9 * whenFull.length,
      found: `${acknowledged.length} stored (${megabytes.toFixed(1)} MB of text), then ${refusedPosts.length} of ${whenFull.length} refused, ${fullPosts.length} of them by 507, the slowest in ${slowestMs} ms`,
    },
    {
      what: 'each refusal says so: 507, or 503 with Retry-After',
      held: refused.length > 0 && odd.length === 0,
      found: `${countBy(refused.map(({ status }) => String(status)))}${odd[0] ? `; ${odd[0].status}: ${odd[0].detail}` : ''}`,
    },
    {
      what: 'no member dies or leaves the others',
      held: dead.length === 0 && membersBefore.includes(',') && membersBefore === membersAfter,
      found: `members ${membersBefore} before, ${membersAfter} after; ${dead.length} pids gone`,
    },
    ...(outOfMemory === undefined
      ? []
      : [
          {
            what: 'no member runs out of memory',
            held: outOfMemory.length === 0,
            found: outOfMemory.join() || 'none did',
          },
        ]),
    {
      what: 'everything acknowledged is read back once, with its own text and UUID',
      held: missing.length === 0 && back.wrong.length === 0,
      found: `${missing.length} of ${acknowledged.length} missing, ${back.wrong.length} wrong or twice${back.wrong[0] ? `: ${back.wrong[0]}` : ''}`,
    },
    {
      what: 'a message that is stored can be sent again, and keeps its text',
      held: again.every(({ status }) => status === 200) && other.every(({ status }) => status === 409),
      found: `again ${countBy(again.map(({ status }) => String(status)))}; with another text ${countBy(other.map(({ status }) => String(status)))}`,
    },
    {
      what: 'reads go on',
      held: reads.length > 0 && reads.every((status) => status === 200),
      found: countBy(reads.map(String)),
    },
  ];
}

function isRefusal({ status, hasRetryAfter }: FillPost): boolean {
  return status === 507 || (status === 503 && hasRetryAfter);
}

/** The members of the loggers' clusters, as the facade knows them. */
async function membersOf(url: string): Promise<string> {
  const response = await fetch(`${url}/health/ready`);
  const { loggers } = (await response.json()) as {
    loggers: readonly { readonly cluster?: { readonly members: readonly string[] } }[];
  };
  return [...new Set(loggers.map(({ cluster }) => cluster?.members.join(',') ?? 'none'))].join(' and ');
}

function pickSome(posts: readonly FillPost[], random: Random): FillPost[] {
  return random.shuffle(posts).slice(0, RETRIES);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function countBy(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => `${count} x ${value}`).join(', ') || 'none';
}
