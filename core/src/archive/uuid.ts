/** UUIDs as 16 bytes, as packs hold them. */

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => canonical.test(text);

/** Throws RangeError for anything but a UUID in lower case. */
export function uuidBytes(uuid: string): Uint8Array {
  if (!isUuid(uuid)) throw new RangeError(`not a UUID in lower case: ${JSON.stringify(uuid)}`);
  return Uint8Array.fromHex(uuid.replaceAll('-', ''));
}

export function uuidText(bytes: Uint8Array): string {
  const hex = bytes.toHex();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
