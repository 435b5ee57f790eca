/** Why the api refuses a setting, taken apart: which member it means, and its sentence. */

export interface SettingFault {
  /** From the outside in: `zones`, `0`, `zone`; empty: the check as a whole. */
  readonly path: readonly string[];
  readonly sentence: string;
}

const settingShape = /^[\w-]+: ([\w-]+(?:\.[\w-]+)*): (.+)$/s;

/** The api says “dnsbl: zones.0.zone: Write the name of a DNS list.” */
export function settingFault(sentence: string): SettingFault {
  const [, path, words] = settingShape.exec(sentence) ?? [];
  if (path !== undefined && words !== undefined) return { path: path.split('.'), sentence: words };
  if (sentence.startsWith('A weight ')) return { path: ['weight'], sentence };
  if (/^“.*” is no pattern/s.test(sentence)) return { path: ['exempt'], sentence };
  return { path: [], sentence };
}

/** The part of a fault that concerns a member; undefined where it is about another one. */
export const faultAt = (fault: SettingFault | undefined, name: string): SettingFault | undefined =>
  fault?.path[0] === name ? { ...fault, path: fault.path.slice(1) } : undefined;
