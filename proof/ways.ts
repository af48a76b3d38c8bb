import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The files from a socket to the map for one kind of request: what a reader opens to follow it. */
interface Way {
  readonly name: string;
  /** The handlers, and what each is given at the start that its imports do not lead to. */
  readonly from: readonly string[];
}

const WAYS: readonly Way[] = [
  {
    name: 'POST',
    from: [
      'services/facade/post-message.ts',
      'services/logger/store-batch.ts',
      'services/logger/quorum/quorum-store.ts',
      'services/logger/map-writer.ts',
    ],
  },
  {
    name: 'GET',
    from: [
      'services/facade/get-messages.ts',
      'services/logger/read-messages.ts',
      'services/logger/quorum/quorum-store.ts',
      'services/logger/reading/map-reader.ts',
    ],
  },
];

/** Gives the files that a file imports, by their paths from the root; packages are left out. */
export function importsOf(file: string): readonly string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return [...source.matchAll(/\bfrom '(\.[^']+)'/g)].map(([, path = '']) => normalize(join(dirname(file), path)));
}

/** Gives the files on a way, in the order in which a reader meets them. */
export function filesOf({ from }: Way): readonly string[] {
  const files = new Set(from);
  for (const file of files) for (const next of importsOf(file)) files.add(next);
  return [...files];
}

function linesOf(file: string): number {
  return readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1;
}

function sizeOf(files: readonly string[]): string {
  return `${files.length} files, ${files.reduce((sum, file) => sum + linesOf(file), 0)} lines`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const way of WAYS) {
    const files = filesOf(way);
    const spine = files.filter((file) => !file.startsWith('services/shared/'));
    console.log(`${way.name}: ${sizeOf(files)}; without services/shared: ${sizeOf(spine)}`);
    for (const file of files) console.log(`  ${String(linesOf(file)).padStart(4)}  ${file}`);
  }
}
