/** Makes a UUID of version 7 (RFC 9562): in the order of time, by this browser's clock. */
export function timeUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const ms = Date.now();
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(ms / 256 ** (5 - at));
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
