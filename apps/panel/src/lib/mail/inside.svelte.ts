/** The inside of a mail in the browser: brought with the page, or fetched once somebody really has it open: a look is recorded. */
import { api } from '../api.ts';
import { faultOf } from '../faults.ts';
import type { Loaded } from './loaded.ts';

interface Asked {
  readonly id: string;
  /** What the server has brought with the page; `loading`: the browser is to fetch it. */
  readonly brought: Loaded;
}

/** `onLook`: called once something was fetched, and the look recorded. */
export function useInside(
  asked: () => Asked,
  onLook: () => void,
): { readonly loaded: Loaded; retry(): Promise<void> } {
  let fetched: { readonly id: string; readonly loaded: Loaded } | undefined = $state.raw();

  async function fetchInside(id: string): Promise<void> {
    const loaded = await ask(id);
    if (asked().id !== id) return;
    fetched = { id, loaded };
    if (loaded.state === 'there' && loaded.content.kept) onLook();
  }

  $effect(() => {
    const { id, brought } = asked();
    if (fetched?.id === id) return;
    fetched = { id, loaded: brought };
    if (brought.state === 'loading') void fetchInside(id);
  });

  return {
    get loaded() {
      const { id, brought } = asked();
      return fetched?.id === id ? fetched.loaded : brought;
    },
    async retry() {
      await fetchInside(asked().id);
    },
  };
}

async function ask(id: string): Promise<Loaded> {
  try {
    return { state: 'there', content: await api.mails.content.query({ id }) };
  } catch (error) {
    return { state: 'failed', fault: faultOf(error) };
  }
}
