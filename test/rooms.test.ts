import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import test from 'node:test';
import { waysInShort } from '../proof/ways.ts';

/** The files that put a service together: they alone import its rooms. */
const COMPOSERS = ['services/facade/facade.ts', 'services/logger/logger.ts'];
/** What each shared folder may import, beside itself. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  message: [],
  timing: [],
  observing: ['message'],
  http: ['message', 'timing', 'observing'],
  process: ['message', 'timing', 'observing', 'http'],
};
/** Where a package may be imported. */
const PACKAGES: readonly (readonly [RegExp, RegExp])[] = [
  [/^hazelcast-client$/, /^services\/logger\/(member|reading)\//],
  [/^prom-client$/, /^services\/(shared\/observing|\w+\/metrics)\//],
  [/^@opentelemetry\//, /^services\/shared\/observing\/opentelemetry\.ts$/],
  [/^axios$/, /^services\/(facade\/[\w-]+\.ts|logger\/member\/)/],
];

/** Tells whether a file may import another one of ours. */
function mayImport(from: string, to: string): boolean {
  const [, service, ...rest] = dirname(from).split('/');
  const [, otherService, ...otherRest] = dirname(to).split('/');
  if (service === 'shared') {
    const [folder = ''] = rest;
    return otherService === 'shared' && [folder, ...(SHARED[folder] ?? [])].includes(otherRest[0] ?? '');
  }
  if (otherService === 'shared' || COMPOSERS.includes(from)) return true;
  // A room stands in its service's folder, or in another room: it imports what stands around it, never the other way round.
  const isAround = otherRest.every((folder, index) => folder === rest[index]);
  return service === otherService && (isAround || isCore(otherRest));
}

/** The folder of a service, and what its core needs to talk to a member. */
function isCore(folders: readonly string[]): boolean {
  return folders.length === 0 || folders[0] === 'member';
}

const files = readdirSync('services', { recursive: true, encoding: 'utf8' })
  .map((file) => `services/${file}`)
  .filter((file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(file));

test('files import what the rules of the rooms allow', () => {
  const broken = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import\(?) ?'([^']+)'/g)].flatMap(([, name = '']) => {
      if (name.startsWith('node:')) return [];
      if (name.startsWith('.')) {
        const target = normalize(`${dirname(file)}/${name}`);
        return mayImport(file, target) ? [] : [`${file} imports ${target}`];
      }
      const rule = PACKAGES.find(([named]) => named.test(name));
      return rule === undefined || rule[1].test(file) ? [] : [`${file} imports ${name}`];
    }),
  );
  assert.ok(files.length > 100);
  assert.deepEqual(broken, []);
});

test('docs/architecture.md says how many files a reader opens', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  for (const way of waysInShort()) assert.ok(page.includes(`\n${way}\n`), `npm run ways: ${way}`);
});
