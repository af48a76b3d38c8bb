/**
 * Makes callers share a call: those who come while one is under way wait for the next one, which begins after all of them have come.
 * So what it finds was so after each of them asked, however many they are. (A read index, as in etcd.)
 */
export function shareCall<T>(call: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= last
      .catch(() => {})
      .then(() => {
        const begun = call();
        next = undefined;
        last = begun;
        return begun;
      });
    return next;
  };
}
