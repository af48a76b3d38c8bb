import { runDataCommand } from './data-command.ts';

process.exitCode = await runDataCommand(process.argv.slice(2), process.stdout, process.stderr);
