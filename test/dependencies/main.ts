import { dependencyTables } from './dependencies.ts';

process.stdout.write(`${dependencyTables()}\n`);
