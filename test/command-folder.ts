import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a folder of commands, for PATH: links to those of this machine, and shell scripts. Gives the folder. */
export function commandFolder(
  folder: string,
  links: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
): string {
  mkdirSync(folder);
  const which = (command: string) => execFileSync('which', [command], { encoding: 'utf8' }).trim();
  for (const command of links) symlinkSync(which(command), join(folder, command));
  for (const [command, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, command), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, command), 0o755);
  }
  return folder;
}
