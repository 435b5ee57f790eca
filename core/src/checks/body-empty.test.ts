/** When a mail says nothing at all. */
import { describe, expect, it } from 'vitest';
import type { MessagePart } from '../ports/message-inspector.ts';
import { bodyEmpty } from './body-empty.ts';
import { concluded } from './check-specification.ts';

const part = (some: Partial<MessagePart>): MessagePart => ({
  path: '1',
  type: 'text/plain',
  sniffedType: undefined,
  name: undefined,
  otherNames: [],
  disposition: undefined,
  size: 10,
  encrypted: false,
  ...some,
});
const empty = { text: ' \n\u200b', subject: '', parts: [part({})] };

describe('body-empty', () => {
  it('fails a mail without text, picture or file', async () => {
    expect(await concluded(bodyEmpty, { message: empty })).toEqual({
      result: 'fail',
      reason: 'body-empty',
      sentence: 'The mail has no text, no picture and no file.',
    });
  });

  it.each([
    { text: 'ok' },
    { parts: [part({ type: 'application/pdf' })] },
    { parts: [part({ name: 'notes.txt' })] },
    { html: { length: 50, images: 1, forms: 0, scripts: 0, hidden: 0 } },
    { links: [{ href: 'https://a.example/', text: '' }] },
  ])('passes one with something in it', async (some) => {
    expect(await concluded(bodyEmpty, { message: { ...empty, ...some } })).toMatchObject({ result: 'pass' });
  });

  it('takes a subject for enough, unless the settings say otherwise', async () => {
    const message = { ...empty, subject: 'Call me' };
    expect(await concluded(bodyEmpty, { message })).toMatchObject({ result: 'none' });
    const settings = { subjectIsEnough: false };
    expect(await concluded(bodyEmpty, { message, settings })).toMatchObject({ result: 'fail' });
  });

  it('fails texts shorter than asked for', async () => {
    const settings = { minCharacters: 5 };
    const message = { ...empty, text: 'a b c' };
    expect(await concluded(bodyEmpty, { message, settings })).toMatchObject({
      sentence: 'The mail has no more than 3 characters.',
    });
  });
});
