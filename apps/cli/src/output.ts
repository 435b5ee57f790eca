/** What commands print: a thing or a list, as JSON for programs or as plain text for people. */

export interface OutputOptions {
  readonly json: boolean;
}

type Cell = string | number | boolean | undefined | null;

export interface Column<TItem> {
  readonly title: string;
  readonly value: (item: TItem) => Cell;
  /** Cut to this many characters on a terminal. */
  readonly max?: number;
}

/** A list: `{"items": […]}`, or a table. */
export function printList<TItem>(
  items: readonly TItem[],
  columns: readonly Column<TItem>[],
  options: OutputOptions & { readonly empty: string; readonly next?: string | undefined },
): void {
  if (options.json) {
    printJson({ items, ...(options.next === undefined ? {} : { next: options.next }) });
    return;
  }
  if (items.length === 0) {
    console.log(options.empty);
    return;
  }
  const rows = items.map((item) => columns.map((column) => cellText(column.value(item), column.max)));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  console.log(line(columns.map((column) => column.title)));
  for (const row of rows) console.log(line(row));
  if (options.next !== undefined) console.log(`\nMore: --cursor ${options.next}`);
}

/** A thing: an object, or one line a member. */
export function printThing(
  thing: object,
  lines: readonly (readonly [string, Cell])[],
  options: OutputOptions,
): void {
  if (options.json) {
    printJson(thing);
    return;
  }
  const shown = lines.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  for (const [name, value] of shown) console.log(`${name.padEnd(width)}  ${cellText(value)}`);
}

export const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2));

/** Text of strangers must not steer the terminal: control characters become visible. */
export const safeText = (text: string): string => text.replace(/\p{Cc}|\p{Bidi_Control}/gu, '�');

function cellText(value: Cell, max = Infinity): string {
  const text = safeText(value === undefined || value === null ? '' : String(value));
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}
