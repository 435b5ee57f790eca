/** What checks observed, readable whatever it is. */
import { describe, expect, it } from 'vitest';
import { type FactNode, factTree, gatheredTree, labelOf } from './facts.ts';

/** The tree as indented lines. */
function lines(node: FactNode): readonly string[] {
  switch (node.kind) {
    case 'none':
    case 'text':
      return [node.text];
    case 'texts':
      return node.texts;
    case 'members':
      return node.members.flatMap(({ label, value }) => [
        `${label}:`,
        ...lines(value).map((line) => `  ${line}`),
      ]);
    case 'items':
      return node.items.flatMap((item) =>
        lines(item).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)),
      );
    default:
      return node satisfies never;
  }
}

describe('a fact', () => {
  it('is labels and values, however deep', () => {
    const fact = {
      ip: '192.0.2.1',
      zones: [{ zone: 'zen.example', answers: ['127.0.0.2', '127.0.0.4'], listed: true }],
      keyBits: 2048,
      comment: '',
    };
    expect(lines(factTree(fact))).toEqual([
      'Client address:',
      '  192.0.2.1',
      'Zones:',
      '  - Zone:',
      '      zen.example',
      '    Answers:',
      '      127.0.0.2',
      '      127.0.0.4',
      '    Listed:',
      '      yes',
      'Key length in bits:',
      '  2048',
      'Comment:',
      '  none',
    ]);
  });

  it('turns nothing around, in its names neither', () => {
    const said = lines(factTree({ 'X\u202Egpj': 'a\u202Eexe\u0000' })).join('');
    expect(said).not.toMatch(/\p{Bidi_Control}|\p{Cc}/u);
  });

  it('is never endless', () => {
    const deep = Array.from({ length: 50 }).reduce<unknown>((inside) => ({ inside }), 'end');
    expect(lines(factTree(deep)).length).toBeLessThan(20);
    expect(lines(factTree(Array.from({ length: 10_000 }, (_, n) => n))).at(-1)).toBe('and 9800 more');
  });

  it.each([
    [{ status: 'error', message: 'SERVFAIL' }, 'It could not be asked: SERVFAIL'],
    [{ status: 'skipped', why: 'null-sender' }, 'The mail has no sender to ask about.'],
    [{ status: 'nothing' }, 'There was nothing to observe.'],
    [undefined, 'Nothing was recorded.'],
  ])('that is none says why: %o', (gathered, words) =>
    expect(lines(gatheredTree(gathered))).toEqual([words]),
  );

  it.each([
    ['recordDomain', 'Record domain'],
    ['helo', 'HELO name'],
    ['zen.example.org', 'zen.example.org'],
    ['Message-ID', 'Message-ID'],
    ['', 'Value'],
  ])('names %s as “%s”', (name, label) => expect(labelOf(name)).toBe(label));
});
