import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import type { Express } from 'express';
import { listen } from '../http/http-server.ts';
import { Problem } from '../message/problem.ts';
import { createLog, LOG_FORMATS, LOG_LEVELS, type Log, type LogOptions } from '../observing/log.ts';
import { Environment } from './environment.ts';

/** The settings that every service has. */
export interface ServiceConfig {
  readonly host: string;
  readonly port: number;
  /** Whether names that are neither this machine's nor of `PUBLIC_ORIGINS` are refused, wherever it listens. */
  readonly knownNamesOnly: boolean;
  readonly log: LogOptions;
}

/** Reads the settings that every service has. */
export function readServiceConfig(environment: Environment, { port }: { readonly port: number }): ServiceConfig {
  return {
    // Not HOST: some shells and tools set that to the machine's name.
    host: environment.word('TRILOG_HOST', '127.0.0.1'),
    port: environment.port('PORT', port),
    knownNamesOnly: environment.flag('KNOWN_NAMES_ONLY'),
    log: {
      level: environment.choice('LOG_LEVEL', 'info', LOG_LEVELS),
      format: environment.choice('LOG_FORMAT', process.stdout.isTTY ? 'pretty' : 'json', LOG_FORMATS),
    },
  };
}

const MEMBERS = 'member-1=127.0.0.1:5701,member-2=127.0.0.1:5702,member-3=127.0.0.1:5703';

/** Reads which members there can be: their addresses, by name. The same for facade and loggers. */
export function readMemberAddresses(environment: Environment): ReadonlyMap<string, string> {
  return environment.namedAddresses('HAZELCAST_MEMBERS', MEMBERS);
}

interface OpenService {
  readonly app: Express;
  /** Says of a request whether it is refused before anything is done for it. */
  readonly refuse?: (request: IncomingMessage) => Problem | undefined;
  /** Called before the server closes: says "not ready" while it drains, for example. */
  readonly drain?: () => void;
  /** Called after the server has closed; closes the rest in reverse order. */
  readonly close?: () => Promise<void>;
}

interface Service<Config extends ServiceConfig> {
  readonly name: string;
  readonly readConfig: (environment: Environment) => Config;
  /** Opens it; throws a Problem if it cannot start, for a reason that whoever starts it can see to. */
  readonly open: (config: Config, log: Log) => OpenService | Promise<OpenService>;
}

/** Reads the description of a service's calls (OpenAPI), which stands beside its sources. */
export function readDescription(service: string): string {
  return readFileSync(new URL(`../../../../services/${service}/openapi.json`, import.meta.url), 'utf8');
}

/**
 * V8 lets a heap grow to four times of what lives in it before it looks for garbage in all of it. While a million messages are
 * read, a logger so grew by 90 to 130 MB, of which 5 lived; with half as much again as what lives, by 60, and 3 % more CPU time.
 */
const HEAP_GROWING_PERCENT = 50;
/** The system calls of a server that begins to listen. */
const LISTENING = ['listen', 'bind', 'getaddrinfo'];

/** Runs a service as a process: read the configuration, create the log, open, listen; close all on a signal. */
export async function runService<Config extends ServiceConfig>({
  name,
  readConfig,
  open,
}: Service<Config>): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const environment = new Environment(process.env);
  const config = readConfig(environment);
  const objection = environment.objection();
  if (objection !== undefined) {
    process.stderr.write(`${name} does not start. ${objection}\n`);
    process.exitCode = 2;
    return;
  }
  const log = createLog(name, config.log);
  let service: OpenService | undefined;
  try {
    service = await open(config, log);
    const server = await listen(service.app, { ...config, refuse: service.refuse });
    log.info(`${name} listens on ${server.url}, pid ${process.pid}`);
    await new Promise<void>((resolve) => {
      // SIGHUP comes when the terminal is closed; any further signal changes nothing.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    });
    setTimeout(() => process.exit(1), 8_000).unref(); // what hangs while closing does not keep the process
    log.info(`${name} ends`);
    service.drain?.();
    await server.close();
  } catch (error) {
    if (service === undefined && error instanceof Problem) {
      process.exitCode = 1;
      return log.fatal(`${name} does not start. ${error.message}`);
    }
    const { code, syscall = '' } = error as NodeJS.ErrnoException;
    if (!LISTENING.includes(syscall)) throw error;
    log.fatal(
      `${name} cannot listen on ${config.host}:${config.port} (${code}). Free it, or set PORT and TRILOG_HOST.`,
    );
    process.exitCode = 1;
  } finally {
    await service?.close?.();
  }
}
