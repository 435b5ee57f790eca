/** Attached files: names, kinds, archives, macros and locks. */
import { describe, expect, it } from 'vitest';
import type { MessagePart } from '../ports/message-inspector.ts';
import { attachment } from './attachment.ts';
import { concluded, gathered } from './check-specification.ts';

const file = (name: string | undefined, some: Partial<MessagePart> = {}): MessagePart => ({
  path: '1.2',
  type: 'application/octet-stream',
  sniffedType: undefined,
  name,
  otherNames: [],
  disposition: 'attachment',
  size: 1000,
  encrypted: false,
  ...some,
});
const body: MessagePart = { ...file(undefined), path: '1.1', type: 'text/plain', disposition: undefined };
const judgeFiles = (parts: readonly MessagePart[], settings: object = {}) =>
  concluded(attachment, { message: { parts }, settings });

describe('attachment', () => {
  it('has nothing to look at in a mail without files', async () => {
    expect(await gathered(attachment, { message: { parts: [body] } })).toEqual({ status: 'nothing' });
  });

  it('passes harmless files', async () => {
    expect(await judgeFiles([body, file('report.pdf'), file('photo.jpeg')])).toEqual({
      result: 'pass',
      sentence: 'Nothing is wrong with the 2 files of the mail.',
    });
  });

  it.each([
    'setup.exe',
    'SETUP.EXE',
    'run.js',
    'macro.vbs',
    'shortcut.lnk',
    'page.hta',
    'disk.iso',
    'trick.exe.',
    'trick.exe  ',
  ])('fails %s', async (name) => {
    expect(await judgeFiles([file(name)])).toMatchObject({ result: 'fail', reason: 'attachment-denied' });
  });

  it('names the file and why it is not taken', async () => {
    expect(await judgeFiles([file('setup.exe')])).toEqual({
      result: 'fail',
      reason: 'attachment-denied',
      sentence: '“setup.exe” is a .exe file, which is not taken.',
    });
  });

  it('takes the extensions that the settings list, and no others', async () => {
    const settings = { extensions: ['.PDF'], types: [] };
    expect(await judgeFiles([file('report.pdf')], settings)).toMatchObject({ result: 'fail' });
    expect(await judgeFiles([file('setup.exe')], settings)).toMatchObject({ result: 'pass' });
  });

  it('looks at what a file is, whatever it is called', async () => {
    const renamed = file('photo.jpg', { type: 'image/jpeg', sniffedType: 'application/x-msdownload' });
    expect(await judgeFiles([renamed])).toEqual({
      result: 'fail',
      reason: 'attachment-denied',
      sentence: '“photo.jpg” is in truth application/x-msdownload, which is not taken.',
    });
  });

  it('judges a file by every name that a mail program might show', async () => {
    const ambiguous = file('report.pdf', { otherNames: ['report.pdf.txt', 'report.exe'] });
    expect(await judgeFiles([ambiguous])).toEqual({
      result: 'fail',
      reason: 'attachment-denied',
      sentence: '“report.exe” is a .exe file, which is not taken.',
    });
  });

  it('judges a long name by its end', async () => {
    expect(await judgeFiles([file(`${'a'.repeat(400)}.exe`)])).toMatchObject({ result: 'fail' });
  });

  it('looks at what a file is declared to be', async () => {
    expect(await judgeFiles([file(undefined, { type: 'application/hta' })])).toMatchObject({
      result: 'fail',
      sentence: 'An attached file without a name (1.2) is declared as application/hta, which is not taken.',
    });
  });

  describe('disguised names', () => {
    const allowed = { extensions: [], types: [] };

    it.each([
      ['invoice.pdf.exe', 'hides by its name that it is a .exe file'],
      ['invoice.pdf                    .exe', 'hides by its name that it is a .exe file'],
      ['photo.jpg.scr', 'hides by its name that it is a .scr file'],
      ['invoice\u202efdp.exe', 'turns the letters of its name round to hide what it is'],
    ])('fails %j even where the kind itself is taken', async (name, words) => {
      expect(await judgeFiles([file(name)], allowed)).toEqual({
        result: 'fail',
        reason: 'attachment-disguised',
        sentence: `“${name}” ${words}.`,
      });
    });

    it.each(['backup.tar.gz', 'report.2026.pdf', 'letter.pdf.p7s', 'page.html.zip'])(
      'passes %s',
      async (name) => {
        expect(await judgeFiles([file(name)], allowed)).toMatchObject({ result: 'pass' });
      },
    );

    it('does not mind them if told not to', async () => {
      const settings = { ...allowed, doubleExtensions: false };
      expect(await judgeFiles([file('invoice.pdf.exe')], settings)).toMatchObject({ result: 'pass' });
    });
  });

  describe('archives', () => {
    const archive = file('bundle.zip', { sniffedType: 'application/zip' });
    const inside = file('tools/setup.exe', { path: '1.2/0', type: '', disposition: undefined });

    it('are looked into, and the finding says where', async () => {
      expect(await judgeFiles([archive, inside])).toEqual({
        result: 'fail',
        reason: 'attachment-denied',
        sentence: '“tools/setup.exe” in “bundle.zip” is a .exe file, which is not taken.',
      });
    });

    it('are left closed if told so', async () => {
      expect(await judgeFiles([archive, inside], { insideArchives: false })).toMatchObject({
        result: 'pass',
      });
    });

    it('that are locked are refused only if told so', async () => {
      const locked = { ...archive, encrypted: true };
      expect(await judgeFiles([locked])).toMatchObject({ result: 'pass' });
      expect(await judgeFiles([locked], { encryptedArchives: true })).toEqual({
        result: 'fail',
        reason: 'attachment-locked',
        sentence: '“bundle.zip” is locked with a password.',
      });
    });
  });

  describe('macros', () => {
    const document = file('plan.docx', { sniffedType: 'application/zip' });
    const project = file('word/vbaProject.bin', { path: '1.2/7', type: '', disposition: undefined });
    const old = file('plan.doc', { sniffedType: 'application/x-cfb' });

    it('are let through where nothing is set', async () => {
      expect(await judgeFiles([document, project, file('list.xlsm'), old])).toMatchObject({ result: 'pass' });
    });

    it('are found in Office files, also where archives stay closed', async () => {
      for (const insideArchives of [true, false]) {
        expect(await judgeFiles([document, project], { macros: 'found', insideArchives })).toEqual({
          result: 'fail',
          reason: 'attachment-macro',
          sentence: '“word/vbaProject.bin” in “plan.docx” holds macros.',
        });
      }
      expect(await judgeFiles([file('list.xlsm')], { macros: 'found' })).toMatchObject({
        result: 'fail',
        sentence: '“list.xlsm” is a .xlsm file, which holds macros.',
      });
    });

    it('may be in old Office formats, which are refused only if told so', async () => {
      expect(await judgeFiles([old], { macros: 'found' })).toMatchObject({ result: 'pass' });
      const found = { ...old, hasMacros: true as const };
      expect(await judgeFiles([found], { macros: 'found' })).toMatchObject({ reason: 'attachment-macro' });
      expect(await judgeFiles([old], { macros: 'possible' })).toEqual({
        result: 'fail',
        reason: 'attachment-macro',
        sentence: '“plan.doc” is of an old Office format, which may hold macros.',
      });
    });
  });

  it('takes only extensions and media types in its settings', () => {
    expect(attachment.settings.safeParse({ extensions: ['a b'] }).success).toBe(false);
    expect(attachment.settings.safeParse({ types: ['exe'] }).success).toBe(false);
  });
});
