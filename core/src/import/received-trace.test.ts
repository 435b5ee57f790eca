/** Received headers of many mail servers. */
import { describe, expect, it } from 'vitest';
import { clientHop, readReceived } from './received-trace.ts';

const date = 'Thu, 22 Aug 2002 12:36:23 +0100';
const at = Date.UTC(2002, 7, 22, 11, 36, 23);

describe('a Received header', () => {
  it.each([
    ['sendmail', 'from mx.a.example (host.a.example [192.0.2.1]) by us.example', 'mx.a.example', '192.0.2.1'],
    [
      'sendmail in doubt',
      'from mx.a.example (host.a.example [192.0.2.1] (may be forged)) by us.example',
      'mx.a.example',
      '192.0.2.1',
    ],
    [
      'postfix',
      'from mx.a.example (unknown [192.0.2.1]) by us.example (Postfix)',
      'mx.a.example',
      '192.0.2.1',
    ],
    [
      'exim',
      'from host.a.example ([192.0.2.1] helo=mx.a.example) by us.example',
      'mx.a.example',
      '192.0.2.1',
    ],
    [
      'exim without a name',
      'from [192.0.2.1] (helo=mx.a.example) by us.example',
      'mx.a.example',
      '192.0.2.1',
    ],
    ['qmail', 'from unknown (HELO mx.a.example) (192.0.2.1) by us.example', 'mx.a.example', '192.0.2.1'],
    [
      'qmail with a user',
      'from unknown (HELO mx.a.example) (bob@192.0.2.1) by us.example',
      'mx.a.example',
      '192.0.2.1',
    ],
    [
      'qpsmtpd',
      'from mx.a.example (HELO mx.a.example) (192.0.2.1) by us.example (qpsmtpd/0.40)',
      'mx.a.example',
      '192.0.2.1',
    ],
    [
      'Exchange',
      'from MX.a.example (192.0.2.1) by us.example (10.0.0.2) with mapi',
      'MX.a.example',
      '192.0.2.1',
    ],
    [
      'an address literal',
      'from [10.9.8.7] (host.a.example [192.0.2.1]) by us.example',
      '[10.9.8.7]',
      '192.0.2.1',
    ],
    ['IPv6', 'from mx.a.example ([IPv6:2001:db8::1]) by us.example', 'mx.a.example', '2001:db8::1'],
    ['IPv4 in IPv6', 'from mx.a.example ([::ffff:192.0.2.1]) by us.example', 'mx.a.example', '192.0.2.1'],
  ])('of %s', (_name, value, helo, ip) => {
    expect(readReceived(`${value} with ESMTP id 1; ${date}`)).toEqual({ ip, helo, at });
  });

  it.each([
    ['a hop without a client', 'by us.example (Postfix, from userid 500) id 1'],
    ['a queue', '(qmail 4711 invoked by uid 500)'],
    ['by itself', 'by 10.1.1.1 with SMTP id x'],
  ])('tells the time of %s', (_name, value) => {
    expect(readReceived(`${value}; ${date}`)).toEqual({ at });
  });

  it('says nothing where it is none', () => {
    expect(readReceived('')).toEqual({});
    expect(readReceived('from nowhere [300.1.2.3] by us.example; yesterday')).toEqual({ helo: 'nowhere' });
  });
});

describe('the hop of the client', () => {
  const inside = 'from localhost (localhost [127.0.0.1]) by us.example';
  const outside = 'from mx.a.example (mx.a.example [198.51.100.7]) by us.example';
  const before = 'from pc (pc [203.0.113.9]) by mx.a.example';

  it('is the topmost with a public address', () => {
    expect(clientHop([inside, outside, before])).toMatchObject({ ip: '198.51.100.7', helo: 'mx.a.example' });
  });

  it('is one within the house where there is no other', () => {
    expect(clientHop(['by us.example', inside])).toMatchObject({ ip: '127.0.0.1' });
  });

  it('is unknown without a readable header', () => {
    expect(clientHop([])).toBeUndefined();
    expect(clientHop(['by us.example; now'])).toBeUndefined();
  });
});
