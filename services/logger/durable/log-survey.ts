import { open } from 'node:fs/promises';
import type { Message } from '../../shared/message/message.ts';
import { countLines } from '../../shared/message/message-stream.ts';
import { type Gap, type LogSource, readRecords } from './log-reader.ts';
import type { DoneNote } from './record.ts';

/** What a log has in it. */
export interface LogSurvey {
  /** Up to where it was looked at, without a tail that was never synced. */
  readonly bytes: number;
  /** How many messages it has; one that was sent again counts again. */
  readonly messages: number;
  /** Where batches begin of which it is not known what became of them: their logger died, or its members, before they told. */
  readonly unsettled: ReadonlySet<number>;
  /** By where a batch begins, the indexes of messages that are not stored: another text has their UUID, or there was no room. */
  readonly voided: ReadonlyMap<number, readonly number[]>;
  /** Parts of it that were on the disk and cannot be read. */
  readonly damage: readonly Gap[];
  /** How long the tail is that was never synced. */
  readonly tornBytes: number;
}

/** Messages of a log that came together. */
export interface ReadBatch {
  readonly messages: readonly Message[];
  /** Whether they are known to be stored; else they may be, and another text may have their UUID. */
  readonly isSettled: boolean;
}

/** A log that is open for reading. */
export interface OpenLog {
  readonly survey: LogSurvey;
  /** Reads its messages, batch by batch; passes over what is damaged. */
  batches(): AsyncGenerator<ReadBatch>;
  close(): Promise<void>;
}

/** Opens a log for reading, and reads all of it once. Throws what the system says. */
export async function openLog(path: string): Promise<OpenLog> {
  return openSource(await open(path));
}

/** The same, of a file that is open. */
export async function openSource(file: LogSource): Promise<OpenLog> {
  try {
    const survey = await surveyLog(file, (await file.stat()).size);
    return { survey, batches: () => readBatches(file, survey), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function surveyLog(file: LogSource, size: number): Promise<LogSurvey> {
  const unsettled = new Set<number>();
  const voided = new Map<number, readonly number[]>();
  const damage: Gap[] = [];
  let bytes = 0;
  let messages = 0;
  for await (const part of readRecords(file, size)) {
    if (part.kind === 'gap') {
      if (!part.wasSynced) break;
      damage.push(part);
    } else if (part.kind === 'batch') {
      unsettled.add(part.at);
      messages += countLines(part.body);
    } else {
      const { at, voided: indexes } = JSON.parse(part.body.toString()) as DoneNote;
      // Else its batch is in a part that cannot be read.
      if (unsettled.delete(at)) {
        if (indexes.length > 0) voided.set(at, indexes);
        messages -= indexes.length;
      }
    }
    bytes = part.end;
  }
  return { bytes, messages, unsettled, voided, damage, tornBytes: size - bytes };
}

async function* readBatches(file: LogSource, { bytes, unsettled, voided }: LogSurvey): AsyncGenerator<ReadBatch> {
  for await (const part of readRecords(file, bytes)) {
    if (part.kind !== 'batch') continue;
    const without = voided.get(part.at) ?? [];
    const messages = parseLines(part.body).filter((_message, index) => !without.includes(index));
    yield { messages, isSettled: !unsettled.has(part.at) };
  }
}

/** Reads lines that encodeLines wrote, and a checksum confirmed. */
function parseLines(body: Buffer): readonly Message[] {
  return JSON.parse(`[${body.toString().trimEnd().replaceAll('\n', ',')}]`) as Message[];
}
