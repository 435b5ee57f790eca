/** Tells locked files of the formats that we do not open: Office documents, 7z and RAR. */

const encryptedPackage = Buffer.from('EncryptedPackage', 'utf16le');
/** 7z's method id of AES-256 with SHA-256. */
const sevenZipAes = Buffer.from([0x06, 0xf1, 0x07, 0x01]);

/** Whether the content is locked with a password, as far as its outside shows. */
export function isLocked(content: Buffer, sniffedType: string | undefined): boolean {
  switch (sniffedType) {
    case 'application/x-cfb':
      return content.includes(encryptedPackage);
    case 'application/x-7z-compressed':
      return content.subarray(-8192).includes(sevenZipAes);
    case 'application/x-rar-compressed':
    case 'application/vnd.rar':
      return isLockedRar(content);
    case undefined:
    default:
      return false;
  }
}

function isLockedRar(content: Buffer): boolean {
  const isVersion5 = content[6] === 1;
  // RAR 5: an archive encryption header (type 4) stands first. RAR 4: flag 0x80 of the main header, or 4 of the first file.
  if (isVersion5) return content[13] === 4 || content[14] === 4;
  if (content.length < 32) return false;
  return (
    (content.readUInt16LE(10) & 0x80) !== 0 || (content[22] === 0x74 && (content.readUInt16LE(23) & 4) !== 0)
  );
}
