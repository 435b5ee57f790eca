/** Bytes into text by the charset that a mail declares, or by the best guess where it names none that exists. */

/** Labels outside the WHATWG Encoding Standard that mail has for encodings inside it. */
const aliases: Readonly<Record<string, string>> = {
  'iso-8859-8-e': 'iso-8859-8',
  'x-windows-949': 'euc-kr',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  'utf-7': 'us-ascii',
  'x-unknown': 'us-ascii',
  cp1250: 'windows-1250',
  cp1252: 'windows-1252',
  'iso-2022-jp-2': 'iso-2022-jp',
  'ms-ansi': 'windows-1252',
};

const decoders = new Map<string, TextDecoder | undefined>();
const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/** Never throws: what does not fit the declared charset is read as UTF-8 if it is that, else as Windows-1252. */
export function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  const declared = charset === undefined ? undefined : decoderFor(charset.trim().toLowerCase());
  if (declared !== undefined && !isAsciiLabel(declared)) return declared.decode(bytes);
  // ASCII, which the standard takes for Windows-1252, is what programs write that never thought of it.
  try {
    return utf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

const isAsciiLabel = (decoder: TextDecoder): boolean => decoder.encoding === 'windows-1252';

function decoderFor(label: string): TextDecoder | undefined {
  // A mail may make up any number of labels; only what exists is remembered.
  const known = decoders.get(label);
  if (known !== undefined || label.length > 40) return known;
  try {
    const decoder = new TextDecoder(aliases[label] ?? label.replace(/^cs(?=iso|shift|euc|big)/, ''));
    if (decoders.size < 500) decoders.set(label, decoder);
    return decoder;
  } catch {
    return undefined;
  }
}
