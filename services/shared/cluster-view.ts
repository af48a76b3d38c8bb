import { createHash } from 'node:crypto';

/** Which members make up the cluster, as one member sees it; views with the same id are of the same members. */
export interface ClusterView {
  readonly size: number;
  readonly id: string;
}

/** The header in which a logger says, with each answer, in what cluster it stored or read. */
export const CLUSTER_VIEW_HEADER = 'Trilog-Cluster';

/** Makes the view of a set of members, named by their UUIDs. */
export function createClusterView(memberUuids: readonly string[]): ClusterView {
  const id = createHash('sha256')
    .update([...memberUuids].sort().join())
    .digest('hex')
    .slice(0, 12);
  return { size: memberUuids.length, id };
}

/** Writes a view as the value of its header. */
export function formatClusterView({ size, id }: ClusterView): string {
  return `${size} ${id}`;
}

/** Reads the value of the header; undefined if it is none. */
export function parseClusterView(value: unknown): ClusterView | undefined {
  const [, size, id] = (typeof value === 'string' && /^(\d{1,4}) ([0-9a-f]{12})$/.exec(value)) || [];
  return size === undefined || id === undefined ? undefined : { size: Number(size), id };
}

/**
 * Tells whether what is done in a cluster counts for nothing beside another one: that one is of other members, and not
 * smaller. Of two equal halves neither counts: which of them will be merged into the other, nobody knows yet.
 */
export function isOutranked(cluster: ClusterView, other: ClusterView): boolean {
  return other.id !== cluster.id && other.size >= cluster.size;
}
