/** Port: takes a signed daily root out of the installation, to where its operator can no longer change it. */
import type { SignedRoot } from '../audit/root.ts';
import type { Result } from '../kernel/result.ts';

export interface RootPublisher {
  /** Names the way, as `webhook`; what was published by one is not published by it again. */
  readonly name: string;
  /** Fails with a sentence for the operator's log. The same root may come again after a crash. */
  publish(root: SignedRoot, signal: AbortSignal): Promise<Result<void, string>>;
}
