import type { Bars } from '../history/history.ts';
import { LOGGERS } from '../system/parts.ts';
import type { Fault } from './fault.ts';
import { launchedOnly } from './launched-only.ts';
import { processFaults } from './process-faults.ts';

const KILLED: Bars = { failed: 0, slowestPostMs: 1_000 };
const ENDED: Bars = { failed: 0, slowestPostMs: 200 };
const FROZEN: Bars = { failed: 0, slowestPostMs: 2_000, slowestGetMs: 2_000, p99Ratio: 1.5 };

const { ended, frozen } = processFaults(LOGGERS, { deadMs: 5_000 });

/** What an outage may cost in requests to the loggers: the budget of services/facade/retry-budget.ts, with its savings. */
function attemptsCheck(run: Fault['run']): Fault['run'] {
  return async (stage) => {
    const attempts = () =>
      Object.values(stage.system.proxies).reduce((sum, proxy) => sum + proxy.countOf('/database/batch'), 0);
    const before = { attempts: attempts(), begun: stage.begun(), ms: performance.now() };
    await run(stage);
    const seconds = (performance.now() - before.ms) / 1_000;
    const [made, begun] = [attempts() - before.attempts, stage.begun() - before.begun];
    const most = 1.2 * begun + stage.system.fronts.length * (10 * seconds + 100);
    const found = `${made} requests to loggers for ${begun} messages in ${seconds.toFixed(1)} s`;
    stage.note({ what: 'retries during an outage are bounded', held: made <= most, found });
  };
}

/** What can happen to the loggers' processes. */
export const LOGGER_FAULTS: readonly Fault[] = [
  { name: 'kill-logger', summary: 'one logger is killed, and started again', bars: KILLED, run: ended('kill', 1) },
  {
    name: 'stop-logger',
    summary: 'one logger is terminated, and started again',
    bars: ENDED,
    run: ended('terminate', 1),
  },
  {
    name: 'restart-logger',
    summary: 'one logger is terminated and started again at once',
    bars: ENDED,
    run: ended('terminate', 1, 0),
  },
  { name: 'freeze-logger-3s', summary: 'one logger is stopped for 3 s', bars: FROZEN, run: frozen(1, 3_000) },
  { name: 'freeze-logger-8s', summary: 'one logger is stopped for 8 s', bars: FROZEN, run: frozen(1, 8_000) },
  { name: 'freeze-logger-30s', summary: 'one logger is stopped for 30 s', bars: FROZEN, run: frozen(1, 30_000) },
  { name: 'kill-two-loggers', summary: 'two loggers are killed at once', bars: KILLED, run: ended('kill', 2) },
  { name: 'stop-two-loggers', summary: 'two loggers are terminated at once', bars: ENDED, run: ended('terminate', 2) },
  ...launchedOnly([
    {
      name: 'kill-all-loggers',
      summary: 'all loggers are killed',
      bars: { nothingStored: { graceMs: 500 }, refusedWithinMs: 5_000 },
      run: attemptsCheck(ended('kill', 3, 8_000)),
    },
    {
      name: 'freeze-all-loggers-8s',
      summary: 'all loggers are stopped for 8 s',
      bars: {},
      run: attemptsCheck(frozen(3, 8_000)),
    },
  ]),
];
