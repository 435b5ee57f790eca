/** What a file name tells of a file: its extension as Windows and mail programs take it, and tricks to hide that. */

/** Lower case, without the dots, spaces and invisible characters at the end that Windows drops. */
const cleanName = (name: string): string =>
  name
    .replaceAll(invisible, '')
    .replace(/[\s.]+$/u, '')
    .toLowerCase();

/** Zero-width characters, control characters and marks of writing direction. */
const invisible = /[\p{Cc}\p{Cf}]/gu;

/** Marks that turn round what people read: `exe.fdp` behind one looks like `pdf.exe` (U+202E and its kin). */
const turning = /[\u202a-\u202e\u2066-\u2069]/u;

/** Without the dot; '' if there is none. */
export function extensionOf(name: string): string {
  const base = cleanName(name).split(/[/\\]/).at(-1) ?? '';
  const dot = base.lastIndexOf('.');
  return dot < 0 ? '' : base.slice(dot + 1).trim();
}

/** Files that a double click runs, or that start something that does. */
export const runnableExtensions: readonly string[] =
  'ade adp appx appxbundle application bat chm cmd com cpl diagcab dll dmg exe gadget hta img ins iso isp jar jnlp js jse lib lnk mde msc msi msix msixbundle msp mst nsh one pif ps1 psm1 reg scf scr sct settingcontent-ms shb sys udl url vb vbe vbs vhd vhdx vxd wsc wsf wsh xll'.split(
    ' ',
  );

/** Office files that hold macros by their name (ECMA-376 macro-enabled forms). */
export const macroExtensions: ReadonlySet<string> = new Set(
  'docm dotm xlsm xltm xlam pptm potm ppam ppsm sldm'.split(' '),
);

const harmlessLooking = new Set(
  'pdf doc docx xls xlsx ppt pptx odt ods odp rtf txt csv htm html jpg jpeg png gif bmp tif tiff webp heic mp3 mp4 wav avi mov zip eml'.split(
    ' ',
  ),
);

const runnable = new Set(runnableExtensions);

/** How a name hides that the file can be run: `invoice.pdf.exe`, or letters turned round. */
export function disguiseOf(name: string): 'double-extension' | 'turned-letters' | undefined {
  const last = extensionOf(name);
  if (turning.test(name) && (runnable.has(last) || macroExtensions.has(last))) return 'turned-letters';
  if (!runnable.has(last)) return undefined;
  const before = extensionOf(
    cleanName(name)
      .slice(0, -last.length - 1)
      .trim(),
  );
  return harmlessLooking.has(before) ? 'double-extension' : undefined;
}
