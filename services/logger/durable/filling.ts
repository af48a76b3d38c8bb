/** How far a cluster that begins without messages has been filled from the loggers' disks. */
export interface Filling {
  /** Another one for each cluster that is filled. */
  readonly id: string;
  /** The log that it is filled from, and the loggers whose folders make it up. */
  readonly log: string;
  readonly loggers: readonly string[];
  /** Those whose folders are in the members. */
  readonly done: readonly string[];
}

/** Whether every folder is in the members. */
export function isWhole({ loggers, done }: Filling): boolean {
  return loggers.every((name) => done.includes(name));
}

/** Writes it as the text that is noted beside the voters. */
export function formatFilling({ id, log, loggers, done }: Filling): string {
  return JSON.stringify({ id, log, loggers, done });
}

/** Reads such a text. It is our own, so its shape is taken as it is. */
export function parseFilling(text: string): Filling {
  return JSON.parse(text) as Filling;
}
