/** A member of an account, as the api lists them. */
import type { Outputs } from '#lib/outputs.ts';

export type Member = Outputs['members']['list']['items'][number];
