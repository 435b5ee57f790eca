/** What was typed into a form and is being tried out on another page: it is there again when one comes back. In the browser only. */
const kept = new Map<string, unknown>();

export const keepDraft = (form: string, draft: object): void => void kept.set(form, draft);

/** Once; undefined where nothing was kept. */
export function takeDraft<TDraft extends object>(form: string): TDraft | undefined {
  const draft = kept.get(form);
  kept.delete(form);
  // A form keeps and takes under a name of its own.
  return draft as TDraft | undefined;
}
