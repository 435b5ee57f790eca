/** Port: a whole spam filter of somebody else's, such as Rspamd or SpamAssassin, asked about one mail. */

export interface EngineSymbol {
  readonly name: string;
  /** The engine's own points. */
  readonly score: number;
}

export type EngineAnswer =
  | {
      readonly status: 'answered';
      /** Points in the engine's own measure. */
      readonly score: number;
      /** Points from which the engine itself would refuse. */
      readonly required: number;
      /** What it would do, in its own word; '' where it does not say. */
      readonly action: string;
      /** The ten that weigh most, heaviest first. */
      readonly symbols: readonly EngineSymbol[];
    }
  | { readonly status: 'error'; readonly message: string };

export interface EngineQuestion {
  readonly raw: Uint8Array;
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  /** URL of the engine that a customer names; '' for the operator's. A customer's may not lead to a private address. */
  readonly target: string;
  readonly deadlineMs: number;
}

export interface ExternalEngine {
  /** Undefined where neither the operator nor the question names one. Never throws. */
  ask(question: EngineQuestion): Promise<EngineAnswer | undefined>;
}
