/** Where a page ends: the time and tie of its last mail, and whether typos were forgiven on the way there. */

export interface Place {
  /** ms since 1970. */
  readonly received: number;
  readonly tie: number;
  readonly isForgiving: boolean;
}

export const writeCursor = ({ received, tie, isForgiving }: Place): string =>
  `${received}.${tie}${isForgiving ? '~' : ''}`;

const shape = /^(?<received>\d{1,15})\.(?<tie>\d{1,15})(?<forgiving>~?)$/;

export function readCursor(cursor: string): Place | undefined {
  const found = shape.exec(cursor)?.groups;
  if (found === undefined) return undefined;
  return {
    received: Number(found['received']),
    tie: Number(found['tie']),
    isForgiving: found['forgiving'] === '~',
  };
}
