/** Begins with the next item while the one before is used, and no further ahead; throws what the items throw. */
export async function* oneAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let coming = items.next();
  try {
    for (let item = await coming; !item.done; item = await coming) {
      coming = items.next();
      coming.catch(() => {}); // thrown when it is waited for
      yield item.value;
    }
  } finally {
    items.return(undefined).catch(() => {}); // not waited for: its query may hang
  }
}
