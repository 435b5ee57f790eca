/** Settings as forms: their shape comes from the schema, and what is typed goes back as it came. */
import { describe, expect, it } from 'vitest';
import type { Settings } from './domain.ts';
import { draftFault, fromDrafts, toDrafts } from './drafts.ts';
import { fieldsOf } from './fields.ts';

const schema = {
  type: 'object',
  properties: {
    strictness: {
      type: 'string',
      enum: ['lenient', 'strict'],
      default: 'lenient',
      description: 'lenient: a name must lead back where there is one; strict: there must be one',
    },
    macros: {
      type: 'string',
      enum: ['allow', 'found'],
      description: 'Office macros: found: refuse files that hold them',
    },
    actOn: { type: 'array', items: { type: 'string', enum: ['fail', 'softfail'] }, description: 'Results' },
    maxAgeDays: { type: 'integer', minimum: 0, maximum: 10, description: 'How old' },
    single: { type: 'boolean' },
    note: { type: 'string', maxLength: 9 },
    forwarders: { type: 'array', items: { type: 'string' } },
    zones: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          zone: { type: 'string' },
          points: { type: 'number', default: 3 },
          codes: { type: 'array', items: { type: 'string' }, default: [] },
        },
      },
    },
    limits: { type: 'object', properties: { each: { type: 'number' } } },
    other: { anyOf: [{ type: 'string' }, { type: 'number' }] },
  },
};

const settings: Settings = {
  strictness: 'strict',
  macros: 'allow',
  actOn: ['fail'],
  maxAgeDays: 3,
  single: true,
  note: '',
  forwarders: ['192.0.2.1', '*.x.example'],
  zones: [{ zone: 'zen.example', points: 2.5, codes: ['127.0.0.2', '127.0.0.4-7'] }],
  limits: { each: 4 },
  other: { any: ['thing', null] },
};

const fields = fieldsOf(schema);
const field = (name: string) => fields.find((one) => one.name === name);

describe('the form of a setting', () => {
  it('is of the kind that its schema asks for', () => {
    expect(fields.map(({ kind }) => kind)).toEqual([
      'choice',
      'choice',
      'choices',
      'number',
      'boolean',
      'text',
      'lines',
      'rows',
      'group',
      'json',
    ]);
  });

  it('is named in words, its unit apart', () => {
    expect(field('maxAgeDays')).toMatchObject({
      label: 'Max age',
      unit: 'days',
      min: 0,
      max: 10,
      isWhole: true,
    });
    expect(field('actOn')).toMatchObject({ label: 'Act on', help: 'Results' });
  });

  it('says of each choice what it means, where the description does', () => {
    expect(field('strictness')).toMatchObject({
      help: '',
      choices: [
        { value: 'lenient', about: 'a name must lead back where there is one' },
        { value: 'strict', about: 'there must be one' },
      ],
    });
    expect(field('macros')).toMatchObject({
      help: 'Office macros',
      choices: [
        { value: 'allow', about: '' },
        { value: 'found', about: 'refuse files that hold them' },
      ],
    });
  });

  it('begins a new row with the defaults', () => {
    expect(field('zones')).toMatchObject({ fresh: { zone: '', points: 3, codes: [] } });
  });

  it('gives back what it was given', () => {
    expect(fromDrafts(fields, toDrafts(fields, settings))).toEqual(settings);
  });

  it('takes lines and commas, and leaves out what is empty', () => {
    const typed = { ...toDrafts(fields, settings), forwarders: ' a.example,b.example\n\n c.example ' };
    expect(fromDrafts(fields, typed)['forwarders']).toEqual(['a.example', 'b.example', 'c.example']);
  });

  it('knows what is no number and no JSON, wherever it stands', () => {
    const typed = toDrafts(fields, settings);
    expect(draftFault(fields, typed)).toBeUndefined();
    expect(draftFault(fields, { ...typed, maxAgeDays: 'x' })).toEqual({
      path: ['maxAgeDays'],
      sentence: 'Write a number.',
    });
    expect(draftFault(fields, { ...typed, zones: [{ zone: 'a', points: '', codes: '' }] })).toMatchObject({
      path: ['zones', '0', 'points'],
    });
    expect(draftFault(fields, { ...typed, other: '{' })).toMatchObject({ path: ['other'] });
  });
});
