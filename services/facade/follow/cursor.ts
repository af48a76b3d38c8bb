const VERSION_7 = /^[\da-f]{8}-[\da-f]{4}-7/;

/** The first UUID of version 7 of a time, in ms since 1970: below every one that was made then. */
export function firstKeyAt(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** When a UUID of version 7 was made (ISO 8601); undefined for other versions, which do not tell. */
export function timeOf(UUID: string): string | undefined {
  if (!VERSION_7.test(UUID)) return undefined;
  return new Date(Number.parseInt(UUID.slice(0, 8) + UUID.slice(9, 13), 16)).toISOString();
}
