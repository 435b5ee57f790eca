/** The form of one check: what is typed, what of it differs from what is set, and what goes to the api. */
import { api } from '#lib/api.ts';
import type { Inputs } from '#lib/outputs.ts';
import type { Change } from './change.svelte.ts';
import { isSame, settingsOf } from './compare.ts';
import type { CheckDescription, DomainCheck, PresetName, Settings } from './domain.ts';
import { type Draft, draftFault, type DraftRow, fromDraft, toDraft } from './drafts.ts';
import { type SettingFault, settingFault } from './fault.ts';
import { type Field, fieldsOf } from './fields.ts';
import { keepDraft, takeDraft } from './kept-drafts.ts';
import { onErrorWords } from './words.ts';

type CheckInput = Inputs['domains']['settings']['check'];

const weight: Field = {
  kind: 'number',
  name: 'weight',
  label: 'Weight',
  help: 'Points that a failure adds in the mode Score',
  min: 0,
  max: 100,
  isWhole: false,
  unit: 'points',
};

const onError: Field = {
  kind: 'choice',
  name: 'onError',
  label: 'When the check cannot be made',
  help: '',
  choices: Object.entries(onErrorWords).map(([value, text]) => ({ value, text, about: '' })),
};

const exempt: Field = {
  kind: 'lines',
  name: 'exempt',
  label: 'Left alone',
  help: 'Senders and servers whom this check leaves alone, one a line: name@x.example, *.x.example, 192.0.2.0/24',
};

interface Given {
  readonly check: DomainCheck;
  readonly about: CheckDescription;
  readonly domain: string;
  readonly preset: PresetName;
}

export class CheckForm {
  readonly change: Change;
  fault: SettingFault | undefined = $state.raw();
  #edits: DraftRow = $state.raw({});
  readonly #given: () => Given;

  constructor(given: () => Given, change: Change) {
    this.#given = given;
    this.change = change;
    this.#edits = takeDraft<DraftRow>(this.#name) ?? {};
  }

  /** Of the check's own, by its schema. */
  readonly own: readonly Field[] = $derived.by(() => fieldsOf(this.#given().about.schema));
  /** Those that every check has. */
  readonly general: readonly Field[] = $derived.by(() => {
    const { modes, standing } = this.#given().about;
    const counts = modes.includes('score') ? [weight] : [];
    return standing === 'list' ? counts : [...counts, exempt, onError];
  });
  readonly #all: readonly Field[] = $derived([...this.general, ...this.own]);
  readonly #set: Settings = $derived.by(() => valuesOf(this.#given().check, this.#given().about));
  readonly #preset: Settings = $derived.by(() => {
    const { about, check } = this.#given();
    return valuesOf({ ...check, ...check.base }, about);
  });

  draft(field: Field): Draft {
    return this.#edits[field.name] ?? toDraft(field, this.#set[field.name]);
  }

  edit(field: Field, draft: Draft): void {
    this.#edits = { ...this.#edits, [field.name]: draft };
    if (this.fault?.path[0] === field.name) this.fault = undefined;
  }

  discard(): void {
    this.#edits = {};
    this.fault = undefined;
  }

  /** What the preset has, where the form has something else. */
  presetOf(field: Field): Settings[string] | undefined {
    const base = this.#preset[field.name];
    return isSame(fromDraft(field, this.draft(field)), base) ? undefined : base;
  }

  readonly edited: readonly Field[] = $derived(
    this.#all.filter((field) => {
      const draft = this.#edits[field.name];
      return draft !== undefined && !isSame(fromDraft(field, draft), this.#set[field.name]);
    }),
  );

  async save(): Promise<boolean> {
    const values = this.#typed();
    if (values === undefined) return false;
    const saved = await this.#send(values);
    if (saved) this.discard();
    return saved;
  }

  /** What is typed, to be tried out elsewhere and kept until one comes back; undefined: it cannot even be sent. */
  propose(): Partial<CheckInput> | undefined {
    const values = this.#typed();
    if (values !== undefined) keepDraft(this.#name, this.#edits);
    return values;
  }

  get #name(): string {
    const { domain, about } = this.#given();
    return `${domain} ${about.name}`;
  }

  #typed(): Partial<CheckInput> | undefined {
    const { edited } = this;
    this.fault = draftFault(edited, this.#edits);
    if (this.fault !== undefined) return undefined;
    const values = Object.fromEntries(
      edited.map((field) => [field.name, fromDraft(field, this.#edits[field.name])]),
    );
    const isOwn = (name: string): boolean => this.own.some((field) => field.name === name);
    const split = (own: boolean) =>
      Object.fromEntries(Object.entries(values).filter(([name]) => isOwn(name) === own));
    const settings = split(true);
    return {
      ...split(false),
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
    } as Partial<CheckInput>;
  }

  /** At once, whatever else is being typed. */
  choose(mode: DomainCheck['mode']): Promise<boolean> {
    return this.#send({ mode });
  }

  /** Everything as the preset has it. */
  async backToPreset(): Promise<boolean> {
    const { about, check } = this.#given();
    const { mode, weight: points, onError: failing, settings } = check.base;
    const done = await this.#send({
      mode,
      weight: points,
      onError: failing,
      exempt: [],
      settings: { ...about.defaults, ...settings } as never,
    });
    if (done) this.discard();
    return done;
  }

  /** Exactly as it was given, for undoing. */
  restore({
    mode,
    weight: points,
    onError: failing,
    exempt: alone,
    settings,
  }: DomainCheck): Promise<boolean> {
    const { about } = this.#given();
    return this.#send({
      mode,
      weight: points,
      onError: failing,
      exempt: [...alone],
      settings: { ...about.defaults, ...settings } as never,
    });
  }

  async #send(what: Partial<CheckInput>): Promise<boolean> {
    const { domain, about } = this.#given();
    const taken = await this.change.run(() =>
      api.domains.settings.check.mutate({ ...what, domain, check: about.name }),
    );
    const { state } = this.change;
    this.fault = state.is === 'failed' ? settingFault(state.sentence) : undefined;
    return taken;
  }
}

const valuesOf = (check: DomainCheck, about: CheckDescription): Settings => ({
  ...settingsOf(check, about),
  weight: check.weight,
  onError: check.onError,
  exempt: check.exempt as Settings[string],
});
