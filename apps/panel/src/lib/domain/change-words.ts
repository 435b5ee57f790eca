/** How far a change of settings has got, in words. */
import type { Outputs } from '#lib/outputs.ts';

export type Edges = Outputs['domains']['inForce']['edges'];

export type ChangeState =
  | { readonly is: 'none' }
  | { readonly is: 'saving' }
  | { readonly is: 'unchanged' }
  | { readonly is: 'waiting' }
  | { readonly is: 'in-force'; readonly seconds: number; readonly edges: number }
  | { readonly is: 'lagging'; readonly edges: Edges | undefined }
  | { readonly is: 'failed'; readonly sentence: string };

/** A state in words; empty where there is nothing to say. */
export function changeWords(state: ChangeState): string {
  switch (state.is) {
    case 'none':
      return '';
    case 'saving':
      return 'Saving…';
    case 'unchanged':
      return 'That is how it was already.';
    case 'waiting':
      return 'Saved; on its way to the edges…';
    case 'in-force':
      return `In force at all edges after ${state.seconds.toFixed(1)} s`;
    case 'lagging':
      return laggingWords(state.edges);
    case 'failed':
      return state.sentence;
    default:
      return state satisfies never;
  }
}

function laggingWords(edges: Edges | undefined): string {
  if (edges === undefined || edges.total === 0) {
    return 'Saved. No edge has been in touch lately; each takes it over as soon as it is.';
  }
  return `Saved. ${edges.current} of ${edges.total} edges have it; ${edges.behind.join(', ')} will as soon as they are in touch.`;
}
