import { Counter, Gauge, type Registry } from 'prom-client';
import type { PooledLogger } from '../logger-pool.ts';

/** Counts that something went on to another logger, as one had failed or was too slow for it. */
export type CountFailover = (from: PooledLogger, operation: 'store' | 'read') => void;

/** Creates the metrics of the loggers as a facade sees them, in its registry. */
export function createPoolMetrics(registry: Registry, loggers: readonly PooledLogger[]): CountFailover {
  const registers = [registry];
  const failovers = new Counter({
    name: 'trilog_failovers_total',
    help: 'How often another logger was tried because this one had failed or was too slow; a batch counts once',
    labelNames: ['logger', 'operation'],
    registers,
  });
  for (const { client } of loggers) {
    // There from the start: what is counted for the first time later has no rate before.
    for (const operation of ['store', 'read']) failovers.inc({ logger: client.name, operation }, 0);
  }
  new Gauge({
    name: 'trilog_logger_ready',
    help: 'Whether a logger is ready, as far as the facade knows: 1 or 0',
    labelNames: ['logger'],
    registers,
    collect() {
      for (const { client, health } of loggers) this.set({ logger: client.name }, health.ready ? 1 : 0);
    },
  });
  return ({ client }, operation) => failovers.inc({ logger: client.name, operation });
}
