/** The part of yauzl that we use; the package brings no types. */
declare module 'yauzl' {
  export interface Entry {
    /** Raw bytes with `decodeStrings: false`. */
    readonly fileName: Buffer;
    readonly generalPurposeBitFlag: number;
    readonly compressionMethod: number;
    readonly compressedSize: number;
    readonly uncompressedSize: number;
    readonly relativeOffsetOfLocalHeader: number;
    isEncrypted(): boolean;
  }
  export interface ZipFile {
    readonly entryCount: number;
    eachEntry(): AsyncIterable<Entry>;
  }
  export function fromBufferPromise(
    buffer: Buffer,
    options: { readonly decodeStrings: false; readonly validateEntrySizes: false },
  ): Promise<ZipFile>;
}
