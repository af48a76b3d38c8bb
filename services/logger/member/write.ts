import { Problem } from '../../shared/message/problem.ts';
import type { Session } from './session.ts';

/**
 * Below hazelcast.operation.backup.timeout.millis (1 s in hazelcast/hazelcast.yaml, 5 s by default): a member that waits in vain for a copy
 * answers after that, as if the copy had been made. Members could say so by an error (fail.on.indeterminate.state), but a merge would meet it
 * too, and leave off half way.
 */
const COPIES_MADE_MS = 950;

/** Creates the function that waits for a write, and tells by its time whether each copy was made; `now` gives milliseconds. */
export function createWrite(call: Session['call'], now: () => number = () => performance.now()): Session['write'] {
  return async (promise) => {
    const beganMs = now();
    const result = await call(promise);
    if (now() < beganMs + COPIES_MADE_MS) return result;
    throw new Problem(
      'unavailable',
      'A member may lack its copy: it took too long. It may be stored all the same; repeating is safe.',
    );
  };
}
