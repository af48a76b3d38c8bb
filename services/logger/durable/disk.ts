import { Problem, reasonOf } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import { type FolderIdentity, messagesIn, readIdentity } from './folder.ts';
import { lockFolder } from './lock.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { type OpenLog, openLog } from './log-survey.ts';
import { createLogWriter, type LogWriter } from './log-writer.ts';

/** The messages that one logger keeps on disk. */
export interface Disk extends Pick<LogWriter, 'append' | 'objection'> {
  readonly folder: string;
  readonly identity: FolderIdentity;
  /** How much it has; a message that was sent again counts again. */
  figures(): { readonly bytes: number; readonly messages: number };
  /** Opens it for reading, as it is now. Throws a Problem if it is damaged. */
  open(): Promise<OpenLog>;
  close(): Promise<void>;
}

interface Options {
  readonly folder: string;
  /** The name of the logger. */
  readonly name: string;
  readonly log: Log;
  readonly openFile?: (path: string) => LogFile;
}

/**
 * Opens the folder of a logger: takes it for this process alone, reads all of it, and cuts off what was being written when it was left.
 * Throws a Problem that names the folder if it is not this logger's, is damaged, or cannot be written.
 */
export async function openDisk({ folder, name, log, openFile = openLogFile }: Options): Promise<Disk> {
  const identity = readIdentity(folder);
  if (identity === undefined) throw refusal(folder, 'is not the folder of a log; npm run data -- prepare makes one');
  if (identity.logger !== name) throw refusal(folder, `belongs to ${identity.logger}, not to ${name}`);
  const path = messagesIn(folder);
  const inWords = (error: unknown): never => {
    throw error instanceof Problem ? error : refusal(folder, `cannot be used (${reasonOf(error)})`, error);
  };
  const lock = await lockFolder(folder).catch(inWords);
  let file: LogFile | undefined;
  try {
    const { survey, close } = await openWhole(folder);
    await close();
    file = openFile(path);
    const { bytes, messages, tornBytes } = survey;
    if (tornBytes > 0) {
      log.warn(
        `${folder}: cuts off ${tornBytes} bytes that were being written, and not acknowledged, when it was left`,
      );
      file.truncate(bytes);
    }
    await file.sync();
    log.info(`${folder} has ${messages} messages in ${bytes} bytes, of the log ${identity.log}`);
    const writer = createLogWriter({ folder, file, ...survey });
    return {
      ...{ folder, identity },
      ...writer,
      open: () => openWhole(folder),
      async close() {
        await writer.close();
        await lock.close();
      },
    };
  } catch (error) {
    file?.close();
    await lock.close();
    return inWords(error);
  }
}

async function openWhole(folder: string): Promise<OpenLog> {
  const opened = await openLog(messagesIn(folder));
  const [first] = opened.survey.damage;
  if (first === undefined) return opened;
  await opened.close();
  throw refusal(
    folder,
    `is damaged: what was on the disk from byte ${first.at} to ${first.end} of messages.log cannot be read. npm run data -- check tells more`,
  );
}

function refusal(folder: string, what: string, cause?: unknown): Problem {
  return new Problem('not-possible', `The folder ${folder} ${what}.`, { cause });
}
