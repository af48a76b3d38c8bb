import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Event } from './history.ts';

/** Keeps a history in memory, and writes it to a file as it grows. */
export interface Recorder {
  /** Ms since the run began. */
  now(): number;
  record(event: Event): void;
  readonly events: readonly Event[];
  /** Resolves when all is in the file. */
  close(): Promise<void>;
}

/** Opens a recorder that writes NDJSON to a file; an error of the file is thrown by `close`. */
export function openRecorder(path: string): Recorder {
  const began = performance.now();
  const events: Event[] = [];
  const file = createWriteStream(path);
  let failed: Error | undefined;
  file.on('error', (error) => {
    failed = error;
  });
  return {
    now: () => Math.round(10 * (performance.now() - began)) / 10,
    record(event) {
      events.push(event);
      file.write(`${JSON.stringify(event)}\n`);
    },
    events,
    async close() {
      if (failed === undefined) {
        file.end();
        await once(file, 'close');
      }
      if (failed !== undefined) throw failed;
    },
  };
}
