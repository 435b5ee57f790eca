/** Live answers of the api in a page: opened when a component needs them, closed when it goes or what it asked for changes. */

export type Line = 'connecting' | 'live' | 'away';

interface Handlers<T> {
  readonly onStarted: () => void;
  readonly onConnectionStateChange: (state: { readonly state: string }) => void;
  readonly onData: (data: T) => void;
  readonly onError: (error: unknown) => void;
}

type Subscribe<T> = (handlers: Handlers<T>) => { unsubscribe(): void };

/**
 * Call it while a component is made; `subscribe` is run again when a state that it reads changes.
 * `useLive((on) => api.quarantine.live.subscribe(filter, on), ({ data }) => show(data))`; undefined: nothing to follow now.
 */
export function useLive<T>(
  subscribe: (handlers: Handlers<T>) => ReturnType<Subscribe<T>> | undefined,
  onData: (data: T) => void,
): { readonly line: Line } {
  let line: Line = $state('connecting');
  $effect(() => {
    const subscription = subscribe({
      onStarted: () => (line = 'live'),
      onConnectionStateChange: ({ state }) => (line = state === 'pending' ? 'live' : 'connecting'),
      onData,
      onError: () => (line = 'away'),
    });
    return () => subscription?.unsubscribe();
  });
  return {
    get line() {
      return line;
    },
  };
}
