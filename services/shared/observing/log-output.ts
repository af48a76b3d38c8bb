import { writeSync } from 'node:fs';
import { destination } from 'pino';

/** Where log lines go. */
export interface LogOutput {
  write(line: string): void;
}

/** What sonic-boom (4.2, behind pino) has not written yet; its types do not show it. */
interface Unwritten {
  readonly _writing: boolean;
  readonly _writingBuf: string;
  readonly _bufs: readonly string[];
}

/** Lines that cannot be written, because the disk is full for example, are kept up to this; then the newest are dropped. */
const MAX_UNWRITTEN_BYTES = 4 * 1_048_576;
/**
 * So long, or up to so many characters, lines wait for others to be written together. Each by itself costs system calls here
 * and in whatever reads them, several times what it takes to make it. The price: a process that is killed takes them with it.
 */
const MAX_WAIT_MS = 100;
const MAX_WAITING_LENGTH = 32_768;

/** Opens the standard output for log lines; what is left when the process ends is written then. */
export function openLogOutput(): LogOutput {
  const output = destination({
    dest: 1,
    sync: false,
    minLength: MAX_WAITING_LENGTH,
    maxWrite: 2 * MAX_WAITING_LENGTH,
    maxLength: MAX_UNWRITTEN_BYTES,
  });
  let isFlushDue = false;
  // A log that cannot be written must not end the service: the next line tries again.
  output.on('error', () => {});
  // Nor must it keep the service from ending: what is called at the exit would try for ever where the disk is full, or a reader takes nothing.
  output.flushSync = () => {
    const { _writing, _writingBuf, _bufs } = output as unknown as Unwritten;
    writeLast(Buffer.from((_writing ? '' : _writingBuf) + _bufs.join('')));
  };
  function flush(): void {
    isFlushDue = false;
    output.flush();
  }
  return {
    write(line) {
      output.write(line);
      if (isFlushDue) return;
      isFlushDue = true;
      setTimeout(flush, MAX_WAIT_MS).unref();
    },
  };
}

/** Writes what is left, unless that fails, or its reader takes nothing for a second. */
function writeLast(bytes: Buffer): void {
  let rest = bytes;
  for (let waits = 0; rest.length > 0 && waits < 100; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
      waits = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      waits++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10); // to sleep, as nothing else runs any more
    }
  }
}
