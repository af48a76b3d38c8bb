import { destination, type Logger, pino } from 'pino';
import { build as prettyStream } from 'pino-pretty';

export type Log = Logger;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const LOG_FORMATS = ['pretty', 'json'] as const;

export interface LogOptions {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
}

/** Creates the diagnostics log of a service, on standard output: lines to read on a terminal, or JSON. */
export function createLog(name: string, { level, format }: LogOptions): Log {
  const options = { name, level, base: { pid: process.pid } };
  if (format === 'json') return pino(options, destination({ dest: 1, sync: false }));
  const stream = prettyStream({
    colorize: process.stdout.isTTY,
    ignore: 'pid,name',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    sync: false,
  });
  return pino(options, stream);
}

/** A log that says nothing, for tests. */
export const createSilentLog = (): Log => pino({ level: 'silent' });
