/** What may be the name of a pack, for every PackStore alike: it can be a path or a key, and nothing outside its place. */

/** Segments of letters, digits, `-` and `.`, none beginning with a dot; so there is no `..` and no absolute path. */
const valid = /^[A-Za-z0-9-][A-Za-z0-9.-]*(\/[A-Za-z0-9-][A-Za-z0-9.-]*)*$/;
const longest = 512;
const longestSegment = 200;

export const isPackName = (text: string): boolean =>
  text.length <= longest &&
  valid.test(text) &&
  text.split('/').every((segment) => segment.length <= longestSegment);

/** Throws TypeError for anything else. */
export function assertPackName(text: string): void {
  if (!isPackName(text)) throw new TypeError(`not a name of a pack: ${JSON.stringify(text)}`);
}
