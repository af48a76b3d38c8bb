import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dependencyTables } from './dependencies/dependencies.ts';
import { ROOT } from './launched.ts';

test('docs/dependencies.md lists every package with version, licence and reason (npm run dependencies)', () => {
  const page = readFileSync(`${ROOT}docs/dependencies.md`, 'utf8');
  assert.ok(page.endsWith(`\n\n${dependencyTables()}\n`), 'put in what npm run dependencies prints');
});
