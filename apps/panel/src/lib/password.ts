/** What a new password has to be. */
export const minPassword = 10;

/** A sentence, or undefined if it is good. */
export function passwordFault(password: string, again: string): string | undefined {
  if (password.length < minPassword) return `It has to have at least ${minPassword} characters.`;
  if (password !== again) return 'The two are not the same.';
  return undefined;
}
