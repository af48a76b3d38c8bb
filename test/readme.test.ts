import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { availableRuntimes, type Launched, launch, ROOT } from './launched.ts';

const readme = readFileSync(`${ROOT}README.md`, 'utf8');
const operations = readFileSync(`${ROOT}docs/operations.md`, 'utf8');
let trilog: Launched;
before(async () => {
  const [runtime] = await availableRuntimes();
  assert.ok(runtime, 'this test needs Java 17+ or a Docker engine');
  trilog = await launch('launch.sh', runtime);
});
after(() => trilog.stop());

/** Ids and the choice of logger differ from run to run. */
const mask = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/logger-[123]/g, 'logger-<n>')
    .trimEnd();

test('the session of the README is what a user sees', async () => {
  const session = /```console\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const steps = session.split(/^\$ /m).filter((step) => step !== '');
  assert.ok(steps.length >= 8);
  const variables: string[] = [];
  for (const step of steps) {
    const [command = '', ...output] = step.split('\n');
    const here = command.replaceAll('http://127.0.0.1:8000', trilog.url).replace('curl ', 'curl --silent ');
    if (/^\w+=/.test(command)) variables.push(command);
    const { stdout } = await promisify(execFile)('bash', ['-c', [...variables, here].join('\n')]);
    assert.equal(mask(stdout), mask(output.join('\n')), command);
  }
});

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
