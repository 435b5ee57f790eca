/** Parts of a mail, and which of them do harm when they are opened. */
import type { Part } from './mail.ts';

/** Files that run, or make something run, where they are opened. */
const running =
  /\.(?:exe|com|scr|pif|bat|cmd|msi|msp|msix|appx|cpl|hta|jar|jnlp|js|jse|vbs|vbe|wsf|wsh|ps1|psm1|lnk|url|reg|dll|sys|gadget|iso|img|vhdx?|app|dmg|pkg|deb|rpm|apk|sh|bash|py|desktop|chm|one|docm|dotm|xlsm|xlam|xltm|pptm|potm|ppam|sldm|xll)$/i;

const pages = /\.(?:x?html?|svgz?|mht(?:ml)?|shtml|xml|xht)$/i;
const packed = /\.(?:zip|rar|7z|tar|t?gz|t?bz2?|t?xz|cab|ace|arj|lzh|z|zst)$/i;

const runningTypes =
  /^application\/(?:x-ms(?:download|dos-program|i)|x-dosexec|vnd\.microsoft\.portable-executable|x-executable|x-elf|x-sh|java-archive|(?:x-)?javascript|hta|x-ms-shortcut)|^text\/(?:javascript|vbscript)/;

/** Why one should think twice before opening a part; undefined where nothing speaks against it by its name and type. */
export function dangerOf({ name, type, isAttachment }: Part): string | undefined {
  // Dots and spaces at the end are ignored by some systems.
  const file = name.replace(/[.\s]+$/, '');
  if (running.test(file) || runningTypes.test(type)) {
    return 'A program, or a file that can start one. Do not open it on your computer.';
  }
  if (isAttachment && (pages.test(file) || /^(?:text\/html|image\/svg)/.test(type))) {
    return 'A page that can pretend to be another one and ask for a password.';
  }
  if (packed.test(file)) return 'A packed file: what is in it may be harmful.';
  return undefined;
}

/** What a part is called in the list. */
export function nameOf({ name, type, disposition }: Part): string {
  if (name !== '') return name;
  if (type === 'text/plain') return 'The text';
  if (type === 'text/html') return 'The text as HTML';
  if (type === 'message/rfc822') return 'A mail inside this one';
  return disposition === 'attachment' ? 'An attachment without a name' : 'A part without a name';
}
