import { destination } from 'pino';

/** Where log lines go. */
export interface LogOutput {
  write(line: string): void;
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
  // A log that cannot be written must not end the service: the next line tries again. Nor must it keep the service from ending:
  // flushing at the exit tries for ever where the disk is full. So that is done only if the latest write went well.
  const flushSync = output.flushSync.bind(output);
  const leave = () => {};
  output.flushSync = leave;
  output.on('write', () => {
    output.flushSync = flushSync;
  });
  output.on('error', () => {
    output.flushSync = leave;
  });
  process.once('beforeExit', () => output.flush());
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
