/** Events on their way in and out of the store: sealing, upcasting, erasure. */
import { describe, expect, it } from 'vitest';
import type { Vault } from '../ports/vault.ts';
import type { DomainEvent, RecordedEvent } from './event.ts';
import type { JsonObject } from './json.ts';
import { createEventCodec, type EventFormats } from './event-codec.ts';
import { fail, ok } from './result.ts';

type Greeted = DomainEvent<'Greeted', { readonly name: string; readonly language: string }>;

/** A vault that writes base64: enough to see what was sealed, under which key and in which context. */
const gone = new Set<string>();
const vault: Vault = {
  seal: async (keyId, value, context) =>
    gone.has(keyId)
      ? fail('no-key')
      : ok({ keyId, data: Buffer.from(`${context}|${JSON.stringify(value)}`).toString('base64') }),
  async open({ keyId, data }, context) {
    if (gone.has(keyId)) return fail('erased');
    const [where, text = ''] = Buffer.from(data, 'base64').toString().split('|');
    return where === context ? ok(JSON.parse(text)) : fail('damaged');
  },
};

const formats: EventFormats<Greeted> = {
  Greeted: {
    version: 3,
    sealed: ['name'],
    upcasts: {
      1: (data) => ({ ...data, language: 'en' }),
      2: ({ lang, ...data }) => ({ language: lang, ...data }),
    },
  },
};
const codec = createEventCodec(formats, vault);
const metadata = {
  actor: { kind: 'system', id: 'test' },
  at: '2026-11-22T00:00:00Z',
  correlationId: 'c',
} as const;
const event: Greeted = { type: 'Greeted', data: { name: 'Ada', language: 'fr' } };

async function encoded(keyId: string) {
  const result = await codec.encode(event, { id: 'e1', keyId, metadata });
  if (!result.ok) throw new Error('encodes');
  return result.value;
}

describe('event codec', () => {
  it('keeps the personal part sealed under the key, bound to the event', async () => {
    const stored = await encoded('k');
    expect(JSON.stringify(stored)).not.toContain('Ada');
    expect(stored.data.sealed?.keyId).toBe('k');
    expect(stored.metadata.schemaVersion).toBe(3);
    expect(await codec.decode(stored)).toEqual(ok(event));
    expect(await codec.decode({ ...stored, id: 'e2' })).toEqual(fail({ code: 'damaged', eventId: 'e2' }));
  });

  it('reads what is left after erasure', async () => {
    const stored = await encoded('erased-key');
    gone.add('erased-key');
    expect(await codec.decode(stored)).toEqual(fail({ code: 'erased', plain: { language: 'fr' } }));
    expect(await codec.encode(event, { id: 'e3', keyId: 'erased-key', metadata })).toMatchObject({
      ok: false,
    });
  });

  it('reads old versions through all upcasts', async () => {
    const old = (schemaVersion: number, data: RecordedEvent['data']) =>
      codec.decode({ id: 'e', type: 'Greeted', data, metadata: { ...metadata, schemaVersion } });
    expect(await old(1, { name: 'Ada', lang: 'de' })).toMatchObject({
      ok: true,
      value: { data: { name: 'Ada' } },
    });
    expect(await old(2, { name: 'Ada', lang: 'de' })).toEqual(
      ok({ type: 'Greeted', data: { name: 'Ada', language: 'de' } }),
    );
  });

  it('seals details apart, so that they can be left out', async () => {
    type Told = DomainEvent<'Told', { readonly name: string; readonly story: JsonObject }>;
    const told = createEventCodec<Told>(
      { Told: { version: 1, sealed: ['name', 'story'], details: ['story'] } },
      vault,
    );
    const tale: Told = { type: 'Told', data: { name: 'Ada', story: { long: 'ago' } } };
    const result = await told.encode(tale, { id: 't1', keyId: 'k', metadata });
    if (!result.ok) throw new Error('encodes');
    expect(await told.decode(result.value)).toEqual(ok(tale));
    expect(await told.decode(result.value, { details: false })).toEqual(
      ok({ type: 'Told', data: { name: 'Ada' } }),
    );
    const { sealed } = result.value.data;
    const swapped = {
      ...result.value,
      data: { sealed: { keyId: 'k', data: sealed?.details ?? '', details: sealed?.data ?? '' } },
    };
    expect(await told.decode(swapped)).toMatchObject({ ok: false, error: { code: 'damaged' } });
    const empty = await told.encode(
      { type: 'Told', data: { name: 'Ada', story: {} } },
      { id: 't2', keyId: 'k', metadata },
    );
    expect(empty.ok && empty.value.data.sealed).not.toHaveProperty('details');
  });

  it('says which type it does not know', async () => {
    expect(codec.knows('Left')).toBe(false);
    expect(
      await codec.decode({ id: 'e', type: 'Left', data: {}, metadata: { ...metadata, schemaVersion: 1 } }),
    ).toEqual(fail({ code: 'unknown-type', type: 'Left' }));
  });
});
