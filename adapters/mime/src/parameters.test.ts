import { describe, expect, it } from 'vitest';
import { parseStructured } from './parameters.ts';
import { valuesOfParameter } from './parameter-values.ts';

const names = (...fields: readonly string[]): readonly string[] =>
  valuesOfParameter(fields.map(parseStructured), 'filename');

describe('a structured field', () => {
  it.each([
    ['Text/HTML; charset=utf-8', 'text/html'],
    [' (what) text/(a(b)c)plain ', 'text/plain'],
    [': "multipart/mixed"', 'multipart/mixed'],
    ['', ''],
  ])('%s is of type %s', (field, type) => {
    expect(parseStructured(field).value).toBe(type);
  });
});

describe('a file name', () => {
  it.each([
    ['plain', 'attachment; filename=a.zip', 'a.zip'],
    ['with spaces', 'attachment; filename=my report.pdf', 'my report.pdf'],
    ['with a comment behind', 'attachment; filename=a.zip (the file)', 'a.zip'],
    ['with parentheses', 'attachment; filename=Invoice(1).pdf', 'Invoice(1).pdf'],
    ['quoted', 'attachment; FileName = "a; b.zip"', 'a; b.zip'],
    ['with escapes', 'attachment; filename="a\\"b\\\\.zip"', 'a"b\\.zip'],
    ['in RFC 2231', "attachment; filename*=utf-8'en'%C3%A4.zip", 'ä.zip'],
    ['in RFC 2231 with another charset', "attachment; filename*=windows-1251''%E6.zip", 'ж.zip'],
    ['in UTF-16', "attachment; filename*=utf-16''a%00.%00z%00", 'a.z'],
    ['continued', 'attachment; filename*0="a "; filename*1=b; filename*2=.zip', 'a b.zip'],
    ['continued out of order', 'attachment; filename*1=.zip; filename*0=a', 'a.zip'],
    ['continued and encoded', "attachment; filename*0*=utf-8''%C3; filename*1*=%A4; filename*2=%41", 'ä%41'],
    ['in encoded words', 'attachment; filename="=?utf-8?B?w6Q=?= =?utf-8?Q?.zip?="', 'ä.zip'],
    ['with NUL bytes', 'attachment; filename="a.exe\0.txt"', 'a.exe.txt'],
  ])('%s', (_, field, name) => {
    expect(names(field)[0]).toBe(name);
  });

  it('is only one where nothing is unclear', () => {
    expect(names('attachment; filename="a b.zip"; size=3')).toEqual(['a b.zip']);
    expect(names('attachment; filename=a-b_c.zip')).toEqual(['a-b_c.zip']);
    expect(names('attachment; size=3')).toEqual([]);
  });

  it.each([
    ['both forms', "attachment; filename=a.png; filename*=''a.exe", ['a.exe', 'a.png']],
    ['repeated parameters', 'attachment; filename=a.png; filename=a.exe', ['a.png', 'a.exe']],
    ['an unquoted semicolon', 'attachment; filename=a;.exe', ['a', 'a;.exe']],
    ['text behind the quotes', 'attachment; filename="a.txt".exe', ['a.txt', 'a.txt.exe']],
    ['single quotes', "attachment; filename='a.exe'", ["'a.exe'", 'a.exe']],
    ['a comment within', 'attachment; filename=a.e(x)xe', ['a.e(x)xe', 'a.exe']],
    ['an escape without quotes', 'attachment; filename=a\\.exe', ['a\\.exe', 'a.exe']],
  ])('is every one that a program might take: %s', (_, field, expected) => {
    expect(names(field)).toEqual(expect.arrayContaining(expected));
  });

  it('is joined over repeated fields', () => {
    expect(names('attachment; filename*0=a.', 'attachment; filename*1=exe')).toContain('a.exe');
  });
});
