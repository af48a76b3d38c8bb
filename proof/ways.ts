import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The files from a socket to the map for one kind of request. */
interface Way {
  readonly name: string;
  /** The files whose functions the message passes, in turn: the handlers, and what each is given when a service is put together. */
  readonly spine: readonly string[];
}

const WAYS: readonly Way[] = [
  {
    name: 'POST',
    spine: [
      'services/facade/post-message.ts',
      'services/facade/message-writer.ts',
      'services/facade/group-commit.ts',
      'services/facade/send-batch.ts',
      'services/facade/logger-pool.ts',
      'services/facade/store-client.ts',
      'services/logger/store-batch.ts',
      'services/logger/quorum/quorum-store.ts',
      'services/logger/map-writer.ts',
    ],
  },
  {
    name: 'GET',
    spine: [
      'services/facade/get-messages.ts',
      'services/facade/message-reader.ts',
      'services/facade/logger-pool.ts',
      'services/facade/read-client.ts',
      'services/logger/read-messages.ts',
      'services/logger/quorum/quorum-store.ts',
      'services/logger/reading/map-reader.ts',
      'services/logger/reading/key-order.ts',
    ],
  },
];

/** Gives the files that a reader opens on a way, in the order in which they are met: by imports, of types too. */
function filesOf({ spine }: Way): readonly string[] {
  const files = new Set(spine);
  for (const file of files) for (const next of importsOf(file)) files.add(next);
  return [...files];
}

function importsOf(file: string): readonly string[] {
  return [...sourceOf(file).matchAll(/\bfrom '(\.[^']+)'/g)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  );
}

function sizeOf(files: readonly string[]): string {
  return `${files.length} files, ${files.reduce((sum, file) => sum + linesOf(file), 0)} lines`;
}

const linesOf = (file: string) => sourceOf(file).split('\n').length - 1;
const sourceOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Says for each way how many files and lines it has, and how many of them are its spine. */
export function waysInShort(): readonly string[] {
  return WAYS.map((way) => `${way.name}: ${sizeOf(filesOf(way))}; its spine: ${sizeOf(way.spine)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(waysInShort().join('\n'));
  for (const way of WAYS) {
    console.log(`\n${way.name}`);
    for (const file of filesOf(way)) console.log(`${String(linesOf(file)).padStart(5)}  ${file}`);
  }
}
