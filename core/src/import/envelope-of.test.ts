/** The envelope that an old mail must have had, and the checks that have something to look at in it. */
import { describe, expect, it } from 'vitest';
import { allChecks } from '../checks/registry.ts';
import { readHeader } from '../message/header-view.ts';
import { importedEnvelope, mayRunImported } from './envelope-of.ts';

const now = Date.UTC(2026, 10, 22);
const modifiedAt = Date.UTC(2012, 0, 2);

const derive = (...lines: readonly string[]) =>
  importedEnvelope(readHeader(Buffer.from(`${lines.join('\r\n')}\r\n\r\nHello\r\n`)), {
    domain: 'here.example',
    modifiedAt,
    now,
  });

describe('the envelope of an old mail', () => {
  it('comes from the headers that its server wrote', () => {
    expect(
      derive(
        'Return-Path: <alice@sender.example>',
        'Delivered-To: bob@here.example',
        'Received: from mx.sender.example (mx.sender.example [198.51.100.7]) by us.example;',
        ' Thu, 22 Aug 2002 12:36:23 +0100',
        'From: Alice <other@sender.example>',
        'To: list@lists.example',
      ),
    ).toEqual({
      envelope: {
        ip: '198.51.100.7',
        helo: 'mx.sender.example',
        sender: 'alice@sender.example',
        recipients: ['bob@here.example'],
        imported: true,
      },
      receivedAt: '2002-08-22T11:36:23.000Z',
      unknown: { client: false, helo: false, recipient: false },
    });
  });

  it('has the author for sender without a Return-Path, and none for a bounce', () => {
    expect(derive('From: Alice <alice@sender.example>').envelope.sender).toBe('alice@sender.example');
    expect(derive('Return-Path: <>', 'From: mailer-daemon@sender.example').envelope.sender).toBe('');
    expect(derive('Subject: x').envelope.sender).toBe('');
  });

  it('names those of the domain, nearest to the envelope first, each once', () => {
    const to = 'To: Carol <carol@HERE.example>, x@else.example, dave@here.example, carol@here.example';
    expect(derive('Delivered-To: bob@here.example', to).envelope.recipients).toEqual(['bob@here.example']);
    expect(
      derive('Delivered-To: x@else.example', 'X-Original-To: eve@here.example', to).envelope.recipients,
    ).toEqual(['eve@here.example']);
    expect(derive(to).envelope.recipients).toEqual(['carol@HERE.example', 'dave@here.example']);
  });

  it('goes to the postmaster where nobody of the domain is named', () => {
    const { envelope, unknown } = derive('To: x@else.example');
    expect(envelope.recipients).toEqual(['postmaster@here.example']);
    expect(unknown.recipient).toBe(true);
  });

  it.each([
    [
      'the topmost Received header',
      ['Received: by us; Mon, 2 Jan 2006 15:04:05 +0000'],
      '2006-01-02T15:04:05.000Z',
    ],
    [
      'the Date header where that is not sane',
      ['Received: by us; Mon, 2 Jan 2036 15:04:05 +0000', 'Date: Mon, 2 Jan 2006 15:04:05 +0000'],
      '2006-01-02T15:04:05.000Z',
    ],
    ['the file where neither is', ['Date: Thu, 1 Jan 1970 00:00:00 +0000'], '2012-01-02T00:00:00.000Z'],
  ])('came when %s says', (_name, lines, receivedAt) => {
    expect(derive(...lines).receivedAt).toBe(receivedAt);
  });

  it('never came in the future', () => {
    const file = { domain: 'here.example', modifiedAt: now + 1, now };
    const { receivedAt } = importedEnvelope(readHeader(Buffer.from('Subject: x\n\n')), file);
    expect(receivedAt).toBe('2026-11-22T00:00:00.000Z');
  });
});

describe('the checks of an imported mail', () => {
  const ran =
    (...lines: readonly string[]) =>
    (dns: boolean) =>
      allChecks.filter(mayRunImported(derive(...lines), { dns })).map(({ name }) => name);

  it('ask nobody how client and sender are now, unless they are told to', () => {
    const checks = ran('Received: from a (a [198.51.100.7]) by us');
    const asking = ['fcrdns', 'dnsbl', 'spf', 'dkim', 'dmarc'];
    expect(checks(false)).toEqual(expect.arrayContaining(['ip-list', 'helo-syntax', 'attachment']));
    expect(checks(false).filter((name) => asking.includes(name))).toEqual([]);
    expect(checks(true)).toEqual(expect.arrayContaining(asking));
  });

  it('do not hold against it what nobody knows', () => {
    const phases = new Set(
      allChecks.filter(mayRunImported(derive('Subject: x'), { dns: true })).map(({ phase }) => phase),
    );
    expect(phases.has('connect')).toBe(false);
    expect(phases.has('helo')).toBe(false);
    expect(phases.has('data')).toBe(true);
  });
});
