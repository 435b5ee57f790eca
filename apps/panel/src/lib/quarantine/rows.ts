/** The rows of the list as the keyboard goes through them: the focus is where one is. */

const rows = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-mail]')];

const current = (): HTMLElement | undefined =>
  document.activeElement?.closest<HTMLElement>('[data-mail]') ?? undefined;

/** The mail whose row has the focus. */
export const currentMail = (): string | undefined => current()?.dataset['mail'];

/** To the row below or above; from anywhere else to the first one in sight. */
export function moveBy(step: 1 | -1): void {
  const all = rows();
  const here = current();
  const at = here === undefined ? firstInSight(all) : all.indexOf(here) + step;
  all[Math.max(0, Math.min(at, all.length - 1))]?.querySelector('a')?.focus();
}

const firstInSight = (all: readonly HTMLElement[]): number =>
  Math.max(
    0,
    all.findIndex((row) => row.getBoundingClientRect().top >= 0),
  );

/** Presses the button of a row that releases its mail; the next key is for that button. */
export function askRelease(id: string): void {
  const button = document.querySelector<HTMLElement>(`[data-mail="${CSS.escape(id)}"] [data-release]`);
  button?.focus();
  button?.click();
}

export function focusMail(id: string): void {
  document.querySelector<HTMLElement>(`[data-mail="${CSS.escape(id)}"] a`)?.focus();
}
