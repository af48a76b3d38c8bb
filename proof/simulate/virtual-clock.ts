/** A process on virtual time: what it waits for is held while it is frozen, and gone when it is dead. */
export interface VirtualProcess {
  readonly name: string;
  /** Where it runs: networks are cut between hosts. */
  readonly host: string;
  state: 'running' | 'frozen' | 'dead';
  /** How far its clock of the day is from the true one. */
  readonly skewMs: number;
  frozenSinceMs: number;
  readonly held: Task[];
}

/** Something that happens in a process at some time. */
export interface Task {
  atMs: number;
  readonly order: number;
  readonly process: VirtualProcess;
  run: (() => void) | undefined;
}

/** Virtual time: nothing happens between two tasks, so it takes no real time. */
export interface VirtualClock {
  readonly nowMs: number;
  /** The process whose task runs. All that it sets off before the next task is its own work. */
  readonly current: VirtualProcess;
  after(delayMs: number, process: VirtualProcess, run: () => void): Task;
  freeze(process: VirtualProcess): void;
  thaw(process: VirtualProcess): void;
  kill(process: VirtualProcess): void;
  /** Runs tasks, each with all that follows from it, until `isDone`; rejects with what a task throws. */
  run(isDone: () => boolean): Promise<void>;
}

/** Creates a process that runs. */
export function createProcess(name: string, host: string, skewMs = 0): VirtualProcess {
  return { name, host, skewMs, state: 'running', frozenSinceMs: 0, held: [] };
}

const RESOLVED = Promise.resolve();

/** Creates a clock that shows 0. */
export function createVirtualClock(): VirtualClock {
  const heap: Task[] = [];
  let nowMs = 0;
  let order = 0;
  let current = createProcess('nobody', 'nowhere');

  const isBefore = (one: Task, other: Task) =>
    one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

  function push(task: Task): void {
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Task;
      if (!isBefore(task, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = task;
  }

  function pop(): Task | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Task, heap[below] as Task)) below++;
      const child = heap[below] as Task;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }

  /** Runs the next task of a process that runs; false if there is none. */
  function runNext(): boolean {
    for (let task = pop(); task !== undefined; task = pop()) {
      const { process, run } = task;
      if (run === undefined || process.state === 'dead') continue;
      if (process.state === 'frozen') {
        process.held.push(task);
        continue;
      }
      nowMs = Math.max(nowMs, task.atMs);
      current = process;
      task.run = undefined;
      run();
      return true;
    }
    return false;
  }

  return {
    get nowMs() {
      return nowMs;
    },
    get current() {
      return current;
    },
    after(delayMs, process, run) {
      const task = { atMs: nowMs + delayMs, order: order++, process, run };
      push(task);
      return task;
    },
    freeze(process) {
      if (process.state !== 'running') return;
      process.state = 'frozen';
      process.frozenSinceMs = nowMs;
    },
    thaw(process) {
      if (process.state !== 'frozen') return;
      process.state = 'running';
      for (const task of process.held.splice(0)) {
        task.atMs = nowMs;
        push(task);
      }
    },
    kill(process) {
      process.state = 'dead';
      process.held.length = 0;
    },
    run: (isDone) =>
      new Promise((resolve, reject) => {
        // From a microtask to a tick: Node.js then runs all microtasks first, and no turn of the event loop is needed.
        const goOn = () => process.nextTick(step);
        function step(): void {
          try {
            if (isDone() || !runNext()) resolve();
            else void RESOLVED.then(goOn);
          } catch (error) {
            reject(error);
          }
        }
        step();
      }),
  };
}
