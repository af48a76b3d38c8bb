import { Worker } from 'node:worker_threads';

/** A closed loop: each connection sends its next message when the one before is answered. */
export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** The length of each text. */
  readonly length: number;
}

export interface LoadSample {
  readonly seconds: number;
  readonly stored: number;
  /** Answers that were neither 200 nor 201. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Where messages are posted to by HTTP. */
export interface PostTarget {
  readonly url: string;
  /** Whether callers give the UUID, as nothing there makes one. */
  readonly withUuid: boolean;
}

/** Posts messages for a time, from a thread of its own; `onBegin` is called when connections are open and warm. */
export function postFor(target: PostTarget, load: Load, onBegin: () => void): Promise<LoadSample> {
  const worker = new Worker(new URL('./load-worker.js', import.meta.url), { workerData: { target, load } });
  return new Promise((resolve, reject) => {
    worker.on('message', (message: 'begins' | LoadSample) => (message === 'begins' ? onBegin() : resolve(message)));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the load ended without a result')));
  });
}
