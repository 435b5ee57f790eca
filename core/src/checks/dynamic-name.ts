/** Names that providers give to the lines of their customers: made from the address, or with a word that says so. */
import { isIp } from '../policy/ip-address.ts';
import ipaddr from 'ipaddr.js';

/** Words that stand alone in a label, or with a number, of names of lines. */
const lineWords =
  /(?:^|[.\d_-])(?:dyn(?:amic|dsl|ip)?|dhcp|dial(?:up|in)?|pppoe?|pools?|[avsx]?dsl|dslam|cable(?:modem)?|broadband|wimax|ftth|fttx|cpe|mobile|wireless|gprs|lte|res(?:idential)?)(?=$|[.\d_-])/;

/** Words that say that the line is a server's all the same. */
const serverWords =
  /(?:^|[.\d_-])(?:static|fixed|business|biz|corp|mail|mx|smtp|mta|relay|out(?:bound)?|server|vps|cloud|hosting)(?=$|[.\d_-])/;

/** What tells so, for people; undefined where nothing does. `name`: lower case. */
export function looksDynamic(name: string, ip: string): string | undefined {
  const host = name.split('.').slice(0, -2).join('.');
  if (host === '' || serverWords.test(host)) return undefined;
  const word = lineWords.exec(host)?.[0].replace(/^[.\d_-]/, '');
  if (word !== undefined) return `it says ${word}`;
  return holdsAddress(host, ip) ? 'it is made from the address' : undefined;
}

/** All four octets of an IPv4 address in a row or in reverse, however they are joined, or as hexadecimal. */
function holdsAddress(host: string, ip: string): boolean {
  if (!isIp(ip)) return false;
  const address = ipaddr.process(ip);
  const bytes = address.toByteArray();
  if (address.kind() !== 'ipv4') return false;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (host.includes(hex)) return true;
  const numbers = host.split(/\D+/).flatMap((run) => (run === '' ? [] : [run]));
  return inARow(numbers, bytes) || inARow(numbers, bytes.toReversed());
}

function inARow(numbers: readonly string[], bytes: readonly number[]): boolean {
  const padded = bytes.map((byte) => String(byte).padStart(3, '0')).join('');
  if (numbers.some((run) => run === padded)) return true;
  return numbers.some((_, start) => bytes.every((byte, index) => Number(numbers[start + index]) === byte));
}
