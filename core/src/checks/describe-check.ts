/** A check as the people who switch it see it: its words, its modes, its settings as a JSON schema, and its presets. */
import { z } from 'zod';
import type { JsonObject } from '../kernel/json.ts';
import type { CheckPolicy, Mode } from '../policy/policy.ts';
import { currentEdition, presetPolicy } from '../policy/presets.ts';
import { type AnyCheck, type Phase, type PresetName, presetNames } from './check.ts';

export interface CheckDescription {
  readonly name: string;
  /** In the published table, which is also their order. */
  readonly number: number;
  readonly phase: Phase;
  readonly standing: AnyCheck['standing'];
  /** Refuses at RCPT, without keeping a copy. */
  readonly immediate: boolean;
  readonly title: string;
  readonly help: string;
  readonly modes: readonly Mode[];
  /** JSON Schema (draft 2020-12) of what may be written for the settings; `description` says what each is for. */
  readonly schema: JsonObject;
  /** The settings where nobody has set anything. */
  readonly defaults: JsonObject;
  /** The check under each preset, settings written out in full. */
  readonly presets: Readonly<Record<PresetName, Omit<CheckPolicy, 'exempt'>>>;
}

export function describeCheck(check: AnyCheck): CheckDescription {
  const { name, number, phase, standing, immediate = false, title, help, modes } = check;
  return {
    name,
    number,
    phase,
    standing,
    immediate,
    title,
    help,
    modes,
    schema: schemaOf(check),
    defaults: complete(check, {}),
    presets: Object.fromEntries(
      presetNames.map((preset) => [preset, underPreset(check, preset)]),
    ) as CheckDescription['presets'],
  };
}

/** Of the input: what a person writes, before a check has tidied it up. */
const schemaOf = ({ settings }: AnyCheck): JsonObject =>
  z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as JsonObject;

/** Settings are JSON, whatever a check makes of them: they are recorded with the events of the domain. */
const complete = ({ settings }: AnyCheck, given: JsonObject): JsonObject =>
  settings.parse(given) as JsonObject;

function underPreset(check: AnyCheck, preset: PresetName): Omit<CheckPolicy, 'exempt'> {
  const policy = presetPolicy(preset, currentEdition).checks[check.name];
  if (policy === undefined) throw new TypeError(`${check.name} is in no preset`);
  const { mode, weight, onError, settings } = policy;
  return { mode, weight, onError, settings: complete(check, settings) };
}
