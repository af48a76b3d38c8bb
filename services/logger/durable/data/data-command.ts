import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { encodeLines } from '../../../shared/message/message-stream.ts';
import { reasonOf } from '../../../shared/message/problem.ts';
import { createFolder, isOfLog, messagesIn, readIdentity } from '../folder.ts';
import { openLog } from '../log-survey.ts';

const USAGE = `Usage: npm run data -- COMMAND
  check DIR...                 reads the folders of loggers, and says what is in them and what is damaged
  cat DIR...                   prints their messages, one a line: {"UUID":"…","msg":"…"}, as POST takes them
  prepare DATA LOGGERS [WITHOUT]
                               makes folders for the loggers in DATA if there are none; says what is there, or what is wrong.
                               LOGGERS and WITHOUT: names, with commas. Those in WITHOUT begin without their messages
`;

/** Runs a command on the folders of loggers, without a cluster; gives the exit status. */
export async function runDataCommand(
  args: readonly string[],
  out: Writable,
  err: Writable,
  access: typeof accessSync = accessSync,
): Promise<number> {
  const [command, ...rest] = args;
  try {
    if (command === 'check' && rest.length > 0) return await each(rest, (folder) => check(folder, out, err));
    if (command === 'cat' && rest.length > 0) return await each(rest, (folder) => print(folder, out, err));
    const [data, loggers, without = ''] = rest;
    if (command === 'prepare' && data !== undefined && loggers !== undefined && rest.length <= 3)
      return prepare(data, loggers.split(','), without.split(',').filter(Boolean), { out, err, access });
  } catch (error) {
    err.write(`${reasonOf(error)}\n`);
    return 1;
  }
  err.write(USAGE);
  return 2;
}

async function each(folders: readonly string[], act: (folder: string) => Promise<boolean>): Promise<number> {
  let status = 0;
  for (const folder of folders) if (!(await act(folder))) status = 1;
  return status;
}

async function check(folder: string, out: Writable, err: Writable): Promise<boolean> {
  const identity = readIdentity(folder);
  if (identity === undefined) {
    err.write(`${folder}: not the folder of a log\n`);
    return false;
  }
  const { survey, close } = await openLog(messagesIn(folder));
  await close();
  const { messages, bytes, unsettled, damage, tornBytes } = survey;
  out.write(`${folder}: ${messages} messages in ${bytes} bytes, of ${identity.logger}, of the log ${identity.log}\n`);
  if (unsettled.size > 0)
    out.write(`  ${unsettled.size} batches of which it is not known whether they were acknowledged\n`);
  if (tornBytes > 0) out.write(`  ${tornBytes} bytes at its end that were being written, and not acknowledged\n`);
  for (const { at, end } of damage) err.write(`${folder}: damaged from byte ${at} to ${end} of messages.log\n`);
  return damage.length === 0;
}

async function print(folder: string, out: Writable, err: Writable): Promise<boolean> {
  const { survey, batches, close } = await openLog(messagesIn(folder));
  for await (const { messages } of batches()) {
    if (!out.write(encodeLines(messages))) await new Promise((resolve) => out.once('drain', resolve));
  }
  await close();
  for (const { at, end } of survey.damage)
    err.write(`${folder}: damaged from byte ${at} to ${end} of messages.log: what stood there is not printed\n`);
  return survey.damage.length === 0;
}

/**
 * Makes folders where there are none at all, and empties those to go on without; else all have to be there, of one log. Changes
 * nothing if something is wrong.
 */
function prepare(
  data: string,
  loggers: readonly string[],
  without: readonly string[],
  { out, err, access }: { readonly out: Writable; readonly err: Writable; readonly access: typeof accessSync },
): number {
  const folders = loggers.map((logger) => {
    const folder = join(data, logger);
    const isLeft = without.includes(logger);
    return { logger, folder, isLeft, identity: isLeft ? undefined : readIdentity(folder) };
  });
  const known = folders.find(({ identity }) => identity !== undefined)?.identity;
  if (known !== undefined && known.loggers.join() !== loggers.join()) {
    err.write(
      `The log ${known.log} in ${data} is of ${known.loggers.join(', ')}, not of ${loggers.join(', ')}: start as many loggers.\n`,
    );
    return 1;
  }
  const log = known?.log ?? randomUUID();
  const isNew = !folders.some(({ folder }) => isOfLog(folder));
  const faults = folders.flatMap(({ logger, folder, identity, isLeft }) => {
    if (isNew || isLeft) return [];
    const why = objectionTo(folder, identity, { log, logger, loggers });
    if (why !== undefined)
      return `The folder ${folder} ${why}. Bring the right one, or go on without its messages: DATA_WITHOUT=${logger}\n`;
    const denial = denialOf(() => access(messagesIn(folder), constants.W_OK));
    return denial === undefined ? [] : `The folder ${folder} cannot be written (${denial}).\n`;
  });
  for (const fault of faults) err.write(fault);
  if (faults.length > 0) return 1;
  for (const { logger, folder, isLeft } of folders) {
    // Within the folder: it may be where a volume is mounted.
    const path = messagesIn(folder);
    if (isLeft && existsSync(path)) renameSync(path, `${path}.left-${Date.now()}`);
    if (isNew || isLeft) createFolder(folder, { log, logger, loggers });
  }
  const bytes = folders.map(({ folder }) => statSync(messagesIn(folder), { throwIfNoEntry: false })?.size ?? 0);
  const megabytes = bytes.reduce((sum, size) => sum + size, 0) / 1_048_576;
  out.write(`Messages are kept on disk, in ${data} (${megabytes.toFixed(1)} MB, the log ${log}).\n`);
  return 0;
}

function objectionTo(
  folder: string,
  identity: ReturnType<typeof readIdentity>,
  expected: NonNullable<ReturnType<typeof readIdentity>>,
): string | undefined {
  if (identity === undefined)
    return `is missing: the log ${expected.log} has the folders of ${expected.loggers.join(', ')}`;
  if (!existsSync(messagesIn(folder))) return 'has no messages.log';
  if (identity.log !== expected.log)
    return `belongs to another log, ${identity.log}; the others are of ${expected.log}`;
  if (identity.logger !== expected.logger) return `belongs to ${identity.logger}`;
  if (identity.loggers.join() !== expected.loggers.join())
    return `belongs to the loggers ${identity.loggers.join(', ')}`;
  return undefined;
}

function denialOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
