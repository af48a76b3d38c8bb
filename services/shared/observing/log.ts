import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { forLog } from '../message/printable.ts';
import { openLogOutput } from './log-output.ts';

export type Log = Logger;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const LOG_FORMATS = ['pretty', 'json'] as const;

export interface LogOptions {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
}

const MAX_CAUSES = 5;

/** Creates the diagnostics log of a service, on standard output: lines to read on a terminal, or JSON. */
export function createLog(name: string, { level, format }: LogOptions): Log {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    serializers: { err: (error: unknown) => describeError(error) },
  };
  const output = openLogOutput();
  if (format === 'json') return pino(options, output);
  const pretty = prettyFactory({
    colorize: process.stdout.isTTY,
    ignore: 'pid,name,traceId,traceIds', // the first trace stands at the end of the text
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    messageFormat: ({ msg, traceId }, _key, _level, { colors }) =>
      traceId === undefined ? `${msg}` : `${msg} ${colors.gray(`trace ${traceId}`)}`,
  });
  return pino(options, { write: (line) => output.write(pretty(line) ?? '') });
}

/** A log that says nothing, for tests. */
export const createSilentLog = (): Log => pino({ level: 'silent' });

/** An error as it is logged: what a service that is not ours put into its text forges no line. */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: forLog(String(error), 300) };
  const { name, message, stack = '', cause } = error;
  const places = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return {
    type: forLog(name),
    message: forLog(message, 300),
    stack: places.map((line) => forLog(line, 200)).join('\n'),
    ...(cause === undefined || depth === MAX_CAUSES ? {} : { cause: describeError(cause, depth + 1) }),
  };
}
