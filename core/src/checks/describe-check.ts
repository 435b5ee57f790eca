/** A check as the people who switch it see it: its words, its modes, its settings as a JSON schema, and its presets. */
import { z } from 'zod';
import type { Action } from '../account/permissions.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { CheckPolicy, Mode } from '../policy/policy.ts';
import { presetOf } from '../policy/presets.ts';
import { originOf } from './registry.ts';
import { type AnyCheck, type Phase, type PresetName, presetNames } from './check.ts';

export interface CheckDescription {
  readonly name: string;
  /** In the published table, which is also their order. */
  readonly number: number;
  /** `operator`: not of the published table, but installed by who runs the service. */
  readonly origin: 'sluice' | 'operator';
  readonly phase: Phase;
  readonly standing: AnyCheck['standing'];
  /** Refuses at RCPT, without keeping a copy. */
  readonly immediate: boolean;
  /** `service`: set by the operator, for all domains. */
  readonly scope: 'domain' | 'service';
  readonly title: string;
  readonly help: string;
  readonly modes: readonly Mode[];
  /** JSON Schema (draft 2020-12) of what may be written for the settings; `description` says what each is for. */
  readonly schema: JsonObject;
  /** What it takes to change a setting, where it is more than to change settings; by the name of the setting. */
  readonly guarded: Readonly<Record<string, Action>>;
  /** The settings where nobody has set anything. */
  readonly defaults: JsonObject;
  /** The check under each preset, settings written out in full. */
  readonly presets: Readonly<Record<PresetName, Omit<CheckPolicy, 'exempt'>>>;
}

export function describeCheck(check: AnyCheck): CheckDescription {
  const { name, number, phase, standing, title, help, modes } = check;
  const { immediate = false, scope = 'domain', guarded = {} } = check;
  return {
    name,
    number,
    origin: originOf(name),
    phase,
    standing,
    immediate,
    scope,
    title,
    help,
    modes,
    schema: schemaOf(check),
    guarded,
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
  const { mode, weight, onError, settings } = presetOf(check, preset);
  return { mode, weight, onError, settings: complete(check, settings) };
}
