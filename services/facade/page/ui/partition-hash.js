/** Where Hazelcast's clients and members begin to hash a key. */
const SEED = 0x01000193;

/**
 * Tells in which partition a UUID is, as Hazelcast does: MurmurHash3 (x86, 32 bits) of the key as it is sent, its length and its
 * characters. Done here, so that the tail needs nobody to be asked for each of its rows.
 */
export function partitionOf(UUID, partitionCount) {
  const bytes = new Uint8Array(4 + UUID.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, UUID.length);
  for (let at = 0; at < UUID.length; at++) bytes[4 + at] = UUID.charCodeAt(at);
  return Math.abs(murmur(view)) % partitionCount;
}

/** The length of a UUID and its bytes are a multiple of four: there is no rest to be hashed. */
function murmur(view) {
  let hash = SEED;
  for (let at = 0; at < view.byteLength; at += 4) {
    hash ^= Math.imul(rotate(Math.imul(view.getInt32(at, true), 0xcc9e2d51), 15), 0x1b873593);
    hash = (Math.imul(rotate(hash, 13), 5) + 0xe6546b64) | 0;
  }
  hash ^= view.byteLength;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

function rotate(number, by) {
  return (number << by) | (number >>> (32 - by));
}
