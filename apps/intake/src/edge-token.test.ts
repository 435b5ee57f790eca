/** Tokens of edges prove the name that they were made for, and no other. */
import { describe, expect, it } from 'vitest';
import { edgeToken, provenEdge } from './edge-token.ts';

const secret = 's'.repeat(32);

describe('edge token', () => {
  it.each(['mx1', 'mx1.example.org', 'MX-2'])('proves the name %s', (edge) => {
    expect(provenEdge(secret, `Bearer ${edgeToken(secret, edge)}`)).toBe(edge);
  });

  it('proves nothing under another secret', () => {
    expect(provenEdge('t'.repeat(32), `Bearer ${edgeToken(secret, 'mx1')}`)).toBeUndefined();
  });

  it('proves no other name', () => {
    const [, mac] = edgeToken(secret, 'mx1').split('.');
    expect(provenEdge(secret, `Bearer mx2.${mac}`)).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer mx1',
    'Bearer .',
    'Bearer mx1.',
    'Basic bXgxOng=',
    'Bearer mx1.x y',
  ])('proves nothing with the header %s', (header) => {
    expect(provenEdge(secret, header)).toBeUndefined();
  });
});
