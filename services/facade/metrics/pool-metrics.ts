import { Counter, Gauge, type Registry } from 'prom-client';
import type { Events, Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';

/** Adds the metrics of the loggers, as a facade sees them, to its registry. */
export function addPoolMetrics(registry: Registry, events: Events, pool: LoggerPool<Logger>): void {
  const registers = [registry];
  const failovers = new Counter({
    name: 'trilog_failovers_total',
    help: 'How often another logger was tried because this one had failed or was too slow; a batch counts once',
    labelNames: ['logger', 'operation'],
    registers,
  });
  for (const { name: logger } of pool.loggers) {
    // There from the start: what is counted for the first time later has no rate before.
    for (const operation of ['store', 'read']) failovers.inc({ logger, operation }, 0);
  }
  events.on('failedOver', ({ name: logger }, operation) => failovers.inc({ logger, operation }));
  new Gauge({
    name: 'trilog_logger_ready',
    help: 'Whether a logger is ready, as far as the facade knows: 1 or 0',
    labelNames: ['logger'],
    registers,
    collect() {
      for (const logger of pool.loggers) this.set({ logger: logger.name }, pool.healthOf(logger).ready ? 1 : 0);
    },
  });
}
