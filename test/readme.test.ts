import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT } from './launched.ts';

const readme = readFileSync(`${ROOT}README.md`, 'utf8');
const operations = readFileSync(`${ROOT}docs/operations.md`, 'utf8');

test('every file and script that the README names is there', () => {
  const paths = [...readme.matchAll(/\b((?:services|docs|hazelcast|deploy|test)\/[\w./-]*\w|launch[\w-]*\.sh)/g)].map(
    ([, path]) => path ?? '',
  );
  assert.ok(paths.length > 10);
  for (const path of paths) assert.ok(existsSync(ROOT + path), path);
});

test('every setting that the documents name is one, with that default', () => {
  const sources = [
    'services/facade/config.ts',
    'services/logger/config.ts',
    'services/logger/main.ts',
    'services/shared/process/service.ts',
    'deploy/settings.sh',
    'deploy/compose.yaml',
  ];
  const code = sources.map((path) => readFileSync(ROOT + path, 'utf8')).join('\n');
  const documents = readme + operations;
  const names = [...documents.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) +\|/gm)].flatMap(
    ([, cell = '']) => cell.match(/[A-Z_]+/g) ?? [],
  );
  assert.ok(names.length >= 20);
  for (const name of names) assert.match(code, new RegExp(`\\b${name}\\b`), name);
  for (const [, name, value] of documents.matchAll(/^\| `([A-Z_]+_(?:MS|BYTES|MESSAGES))` +\| (\d+) +\|/gm)) {
    assert.match(code.replace(/(\d)_(?=\d)/g, '$1'), new RegExp(`'${name}', ${value}\\b`), name);
  }
});

test('the README has at most 150 lines, and no line of a document has over 100 characters, but for tables and commands', () => {
  assert.ok(readme.trimEnd().split('\n').length <= 150);
  const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  assert.ok(documents.length > 10);
  for (const path of documents) {
    const prose = readFileSync(ROOT + path, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
    const wide = prose.split('\n').filter((line) => [...line].length > 100);
    const tables = path === 'README.md' ? [] : wide.filter((line) => line.startsWith('|'));
    assert.deepEqual(wide, tables, path);
  }
});
