import { VirtualController, VirtualSignal } from './virtual-abort.ts';
import type { Task, VirtualClock } from './virtual-clock.ts';

/** The day on which every simulation begins. */
const BEGIN_MS = Date.UTC(2026, 0, 1);

/** What setTimeout gives. */
class VirtualTimer {
  task: Task | undefined;
  unref(): this {
    return this;
  }
}

/** Puts virtual time in the place of the process's own, for all code; call the result to put it back. */
export function installVirtualTime(clock: VirtualClock): () => void {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, AbortController, AbortSignal } =
    globalThis;
  const dateNow = Date.now;
  const { stackTraceLimit } = Error;

  type Callback = (...args: unknown[]) => void;

  function start(timer: VirtualTimer, delayMs: number, run: () => void): VirtualTimer {
    timer.task = clock.after(delayMs, clock.current, run);
    return timer;
  }
  const wholeMs = (ms = 1) => (ms >= 1 ? Math.trunc(ms) : 1);
  const startTimeout = (run: Callback, ms?: number, ...args: unknown[]) =>
    start(new VirtualTimer(), wholeMs(ms), () => run(...args));
  function startInterval(run: Callback, ms?: number, ...args: unknown[]): VirtualTimer {
    const timer = new VirtualTimer();
    const again = () => {
      start(timer, wholeMs(ms), again);
      run(...args);
    };
    return start(timer, wholeMs(ms), again);
  }
  function clear(timer: VirtualTimer | undefined): void {
    if (timer?.task !== undefined) timer.task.run = undefined;
  }

  Object.assign(globalThis, {
    setTimeout: startTimeout,
    clearTimeout: clear,
    setInterval: startInterval,
    clearInterval: clear,
    setImmediate: (run: Callback, ...args: unknown[]) => start(new VirtualTimer(), 0, () => run(...args)),
    AbortController: VirtualController,
    AbortSignal: VirtualSignal,
  });
  Object.assign(performance, { now: () => clock.nowMs });
  Date.now = () => Math.floor(BEGIN_MS + clock.nowMs + clock.current.skewMs);
  Error.stackTraceLimit = 0; // they cost more than all else that is done with an error

  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate });
    Object.assign(globalThis, { AbortController, AbortSignal });
    Reflect.deleteProperty(performance, 'now'); // the prototype's own comes back
    Date.now = dateNow;
    Error.stackTraceLimit = stackTraceLimit;
  };
}
