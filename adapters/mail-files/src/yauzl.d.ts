/** More of yauzl than adapters/mime declares: reading from a path. */
declare module 'yauzl' {
  export interface Entry {
    getLastModDate(): Date;
  }
  export interface ZipFile {
    openReadStreamPromise(entry: Entry): Promise<AsyncIterable<Buffer>>;
  }
  export function openPromise(
    path: string,
    options: { readonly decodeStrings: false; readonly validateEntrySizes: true },
  ): Promise<ZipFile>;
}
