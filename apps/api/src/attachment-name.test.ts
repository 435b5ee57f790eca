/** File names from hostile mails, as headers of our answers. */
import { describe, expect, it } from 'vitest';
import { attachmentHeader, safeFileName } from './attachment-name.ts';

describe('the name of a downloaded part', () => {
  it.each([
    ['invoice.pdf', 'invoice.pdf'],
    ['Grüße 2026.pdf', 'Grüße 2026.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\x.exe', 'x.exe'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\r\nSet-Cookie: x', 'aSet-Cookie_ x'],
    ['con.txt', '_con.txt'],
    ['.bashrc', 'bashrc'],
    ['-rf', 'rf'],
    ['a;$(x)|y.sh', 'a_(x)_y.sh'],
    ['x.pdf.  ', 'x.pdf'],
    ['', 'part-7.bin'],
    ['...', 'part-7.bin'],
    ['\ud800', 'part-7.bin'],
    ['a/', 'part-7.bin'],
  ])('%j is %j', (name, safe) => {
    expect(safeFileName(name, 7)).toBe(safe);
  });

  it('keeps its extension when it is cut', () => {
    const name = safeFileName(`${'ü'.repeat(500)}.docx`, 0);
    expect(name).toMatch(/^ü+\.docx$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(180);
  });
});

describe('the header', () => {
  it('holds an ASCII name as it is', () => {
    expect(attachmentHeader('a b.pdf')).toBe('attachment; filename="a b.pdf"');
  });
  it('holds any other twice', () => {
    expect(attachmentHeader("Grüße' 1.pdf")).toBe(
      "attachment; filename=\"Gr__e' 1.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%27%201.pdf",
    );
  });
  it('is one line of ASCII whatever the name', () => {
    for (const name of ['"\\\r\n', '\u0000\ud800', '中文".zip', '%41']) {
      expect(attachmentHeader(safeFileName(name, 1))).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});
