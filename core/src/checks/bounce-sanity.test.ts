/** Bounces that cannot be answers to mail of ours. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { bounceSanity } from './bounce-sanity.ts';

const bounce = { sender: '' };
const answering = (...ids: readonly string[]) => ({
  headers: [
    { name: 'From', value: 'MAILER-DAEMON@mx.other.example' },
    { name: 'References', value: ids.join(' ') },
  ],
});
const settings = { ownMessageIds: ['here.example', '*.here.example'] };

describe('bounce-sanity', () => {
  it('fails a bounce to several recipients, and counts each of them once', async () => {
    const recipients = ['bob@here.example', 'carol@here.example', 'BOB@here.example'];
    expect(await concluded(bounceSanity, { envelope: { ...bounce, recipients } })).toEqual({
      result: 'fail',
      reason: 'bounce-several',
      sentence: 'The mail has the null sender of a bounce, and 2 recipients.',
    });
  });

  it('passes a bounce to one recipient, whatever it answers, where no domains are named', async () => {
    const message = answering('<1@elsewhere.example>');
    expect(await concluded(bounceSanity, { envelope: bounce, message })).toMatchObject({ result: 'pass' });
  });

  it('passes a bounce of a mail of ours, and says of whom', async () => {
    const message = answering('<0@list.example>', '<1@Mail.Here.example>');
    expect(await concluded(bounceSanity, { envelope: bounce, message, settings })).toEqual({
      result: 'pass',
      sentence: 'The bounce answers a mail of mail.here.example.',
    });
  });

  it('fails a bounce of a mail of somebody else', async () => {
    const message = answering('<1@elsewhere.example>', 'garbage', '<>', '<@>');
    expect(await concluded(bounceSanity, { envelope: bounce, message, settings })).toEqual({
      result: 'fail',
      reason: 'bounce-unrelated',
      sentence: 'The bounce answers a mail of elsewhere.example, which is not yours.',
    });
  });

  it('has nothing to say where a bounce names no mail', async () => {
    expect(await concluded(bounceSanity, { envelope: bounce, settings })).toEqual({
      result: 'none',
      sentence: 'The bounce does not name the mail that it answers.',
    });
  });

  it('looks at no other mail', async () => {
    expect(await gathered(bounceSanity)).toEqual({ status: 'nothing' });
  });
});
