/** What somebody does to a control before the page's script has come: the page is told of it as soon as it can hear. */

/**
 * For `onMount` of a control. Without it a page that came slowly would show what was typed and not know of it: its button
 * stays disabled, or what is typed is overwritten.
 */
export function tellTypedEarly(
  element: HTMLElement | undefined,
  happened: boolean,
  event: 'input' | 'change',
): void {
  if (happened) element?.dispatchEvent(new Event(event, { bubbles: true }));
}
