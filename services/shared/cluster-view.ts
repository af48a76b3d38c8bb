/** Which members make up the cluster, as one member sees it: short names of them, in order. */
export interface ClusterView {
  readonly size: number;
  readonly members: readonly string[];
}

/** The header in which a logger says, with each answer, in what cluster it stored or read. */
export const CLUSTER_VIEW_HEADER = 'Trilog-Cluster';

/** Makes the view of a set of members, named by their UUIDs; a member that is started again has another one. */
export function createClusterView(memberUuids: readonly string[]): ClusterView {
  return { size: memberUuids.length, members: memberUuids.map((uuid) => uuid.slice(0, 8)).sort() };
}

/** Writes a view as the value of its header. */
export function formatClusterView({ members }: ClusterView): string {
  return members.join();
}

/** Reads the value of the header; undefined if it is none. */
export function parseClusterView(value: unknown): ClusterView | undefined {
  if (typeof value !== 'string' || !/^[0-9a-f]{8}(,[0-9a-f]{8}){0,99}$/.test(value)) return undefined;
  return createClusterView(value.split(','));
}

/** Reads the view from the fields of an answer; throws an Error if the logger did not say in which cluster it was done. */
export function clusterOf(fields: Readonly<Record<string, unknown>>): ClusterView {
  const cluster = parseClusterView(fields[CLUSTER_VIEW_HEADER.toLowerCase()]);
  if (cluster === undefined) throw new Error('it did not say in which cluster it was done');
  return cluster;
}

/** Tells whether two views have a member in common. */
export function overlap(one: ClusterView, other: ClusterView): boolean {
  return one.members.some((member) => other.members.includes(member));
}

/**
 * Tells whether what is done in a cluster counts for nothing beside another one. `last` is the one that counted last:
 * - the other one goes on from it and this one does not: this one was started anew, empty, and has not joined yet;
 * - else, the other one is of other members and not smaller. Of two equal halves neither counts: which of them will be
 *   merged into the other, nobody knows yet.
 */
export function isOutranked(cluster: ClusterView, other: ClusterView, last: ClusterView | undefined): boolean {
  if (formatClusterView(cluster) === formatClusterView(other)) return false;
  if (last !== undefined && overlap(cluster, last) !== overlap(other, last)) return overlap(other, last);
  return other.size >= cluster.size;
}
