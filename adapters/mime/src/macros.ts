/** Tells whether an old Office document (OLE compound file) holds macros (MS-OVBA §2.2.1, MS-CFB §2.6.1). */

/** Names of the storage and stream of a VBA project, as the directory of the file spells them. */
const marks = ['_VBA_PROJECT', 'VBA\0'].map((name) => Buffer.from(name, 'utf16le'));

export const holdsMacros = (content: Buffer, sniffedType: string | undefined): boolean =>
  sniffedType === 'application/x-cfb' && marks.every((mark) => content.includes(mark));
