/** Forms whose edits would be lost by going elsewhere; whoever goes is asked once. */
import { beforeNavigate } from '$app/navigation';
import { onMount } from 'svelte';

const forms = new Set<() => boolean>();

/** In a component with a form: whether it holds something that is not saved. */
export const useUnsaved = (isEdited: () => boolean): void =>
  onMount(() => {
    forms.add(isEdited);
    return () => forms.delete(isEdited);
  });

/** What-if takes the edits of one form along, which has them again when one comes back. */
const isTriedOut = (to: URL | undefined): boolean =>
  to?.pathname.endsWith('/what-if') === true &&
  to.searchParams.has('proposal') &&
  [...forms].filter((isEdited) => isEdited()).length === 1;

/** Once, in the frame around such forms. */
export const useUnsavedGuard = (): void =>
  beforeNavigate(({ from, to, willUnload, cancel }) => {
    if (![...forms].some((isEdited) => isEdited())) return;
    if (willUnload) return cancel();
    if (to?.url.pathname === from?.url.pathname || isTriedOut(to?.url)) return;
    if (!confirm('There are changes that are not saved. Leave without them?')) cancel();
  });
