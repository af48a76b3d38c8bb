import { readFileSync } from 'node:fs';
import { ROOT } from '../launched.ts';

/** Why each package is there that package.json names. */
const REASONS: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'lint and format in one',
  '@opentelemetry/api': 'spans of requests; loaded only where they are wanted, as all of OpenTelemetry',
  '@opentelemetry/exporter-trace-otlp-http': 'sends spans to a collector',
  '@opentelemetry/instrumentation': 'has Node.js and Express make spans',
  '@opentelemetry/instrumentation-express': 'spans carry the route',
  '@opentelemetry/instrumentation-http': 'a span for each request, in and out',
  '@opentelemetry/resources': 'spans carry the name of the service',
  '@opentelemetry/sdk-trace-node': 'gathers spans in batches',
  '@types/busboy': 'types',
  '@types/express': 'types',
  '@types/node': 'types',
  'axe-core': 'tests whether people who do not see the page can use it',
  axios: 'requests from service to service',
  busboy: 'forms with several parts',
  concurrently: "launch.sh: services' lines with their names before them",
  express: 'routes',
  'hazelcast-client': 'talks to the members',
  pino: 'log lines as JSON',
  'pino-pretty': 'log lines for people',
  'playwright-core': 'tests of the page in a browser that is there; it brings none',
  'prom-client': 'metrics',
  'swagger-ui-dist': 'the page /docs',
  typescript: 'compiles',
  uuid: 'UUIDs of version 7',
};

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What a package says itself; the older form, which npm does not take over into its lock file, has a list. */
interface Installed {
  readonly licenses?: readonly { readonly type: string }[];
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(ROOT + file, 'utf8'));

function licenceOf(path: string, { license }: Locked): string {
  const older = () => (readJson(`${path}/package.json`) as Installed).licenses?.map(({ type }) => type).join(' OR ');
  return license ?? older() ?? 'none named';
}

/** Makes the tables of docs/dependencies.md from package.json and package-lock.json; throws if a package has no reason here. */
export function dependencyTables(): string {
  const { dependencies, devDependencies } = readJson('package.json') as Manifest;
  const { packages } = readJson('package-lock.json') as { packages: Readonly<Record<string, Locked>> };
  const known = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  for (const name of Object.keys(REASONS)) if (!known.has(name)) throw new Error(`${name} is no dependency any more`);
  const rowOf = (name: string) => {
    const reason = REASONS[name];
    const path = `node_modules/${name}`;
    const locked = packages[path];
    if (reason === undefined || locked === undefined) throw new Error(`${name} needs a reason in test/dependencies`);
    return `| \`${name}\` | ${locked.version} | ${licenceOf(path, locked)} | ${reason} |`;
  };
  const table = (of: Manifest['dependencies']) =>
    ['| package | version | licence | why |', '| --- | --- | --- | --- |', ...Object.keys(of).map(rowOf)].join('\n');
  const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const counts = new Map<string, number>();
  for (const [path, locked] of installed) {
    const licence = licenceOf(path, locked);
    counts.set(licence, (counts.get(licence) ?? 0) + 1);
  }
  const licences = [...counts].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return [
    '## What runs',
    table(dependencies),
    `With what these bring along, ${installed.length} packages: ${licences.map(([name, n]) => `${n} ${name}`).join(', ')}.`,
    '## What builds and tests',
    table(devDependencies),
  ].join('\n\n');
}
