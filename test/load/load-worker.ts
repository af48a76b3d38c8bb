import { parentPort, workerData } from 'node:worker_threads';
import type { LoadOptions } from './load.ts';
import { generateLoad } from './load-generator.ts';

// The one file here that does something when it is imported: it is a thread's main.
parentPort?.postMessage(await generateLoad(workerData as LoadOptions));
