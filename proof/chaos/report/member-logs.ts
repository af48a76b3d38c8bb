import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Copies what the members of a system have written so far, so that it can be looked at when the system is gone. Throws what the file system says. */
export async function keepMemberLogs(runFolder: string, to: string, prefix: string): Promise<void> {
  const names = (await readdir(runFolder)).filter((name) => /^member-\d+\.log$/.test(name));
  await Promise.all(names.map((name) => copyFile(join(runFolder, name), join(to, `${prefix}-${name}`))));
}
