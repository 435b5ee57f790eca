/** Settings that are patterns: what a person may write for an address, a domain or a network, and how it is matched. */
import { z } from 'zod';
import { matchesAddress } from '../policy/pattern.ts';
import { patternOf } from './lists.ts';

const pattern = (kind: 'address' | 'domain' | 'network', message: string) =>
  z
    .string()
    .max(320)
    .refine((text) => patternOf(text)?.kind === kind, { message });

export const addressPattern = pattern(
  'address',
  'Write an address such as info@example.org; * stands for any run of characters.',
);

export const domainPattern = pattern(
  'domain',
  'Write a domain such as example.org, or *.example.org for all names below it.',
);

export const networkPattern = pattern(
  'network',
  'Write an IP address or a network, such as 192.0.2.1 or 192.0.2.0/24.',
);

/** Whether a domain pattern names the domain; '' is named by none. */
export function namesDomain(text: string, domain: string): boolean {
  const found = patternOf(text);
  return domain !== '' && found !== undefined && matchesAddress(found, `any@${domain}`);
}
