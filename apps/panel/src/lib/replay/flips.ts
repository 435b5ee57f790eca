/** Mails that would have been judged otherwise, as the api reports them. */
import type { Outputs } from '#lib/outputs.ts';

export type WhatIfProgress = Outputs['whatif']['progress'];
export type WhatIfReport = NonNullable<WhatIfProgress['report']>;
export type UndoProgress = Outputs['undo']['progress'];
export type FlipReport = WhatIfReport['toAccepted'];
export type FlipSample = FlipReport['samples'][number];
export type Missing = WhatIfReport['missing'];
