/** Text of strangers, harmless to read. */
import { expect, it } from 'vitest';
import { plain } from './hostile.ts';

it('turns nothing around', () => expect(plain('gpj.\u202Eexe\u2066')).toBe('gpj.exe'));
it('hides nothing', () => expect(plain('pay\u200Bpal\uFEFF')).toBe('paypal'));
it('stays on its line', () => expect(plain(' a\r\n\t\u2028b\u0000c ')).toBe('a b c'));
it('leaves every script as it is', () => expect(plain('Grüße שלום 你好 👋🏽')).toBe('Grüße שלום 你好 👋🏽'));
