/** Port: finds the decision of one mail among all domains that a caller may see. */
import type { TenantScope } from '../kernel/tenant-scope.ts';

/** Where the decision of a mail stands in the log. */
export interface DecisionPlace {
  readonly mailId: string;
  readonly accountId: string;
  readonly domainId: string;
  /** Revision in `decisions-<domainId>`. */
  readonly revision: number;
}

export interface MailLookup {
  /** Undefined if there is none, or the scope does not show it. */
  find(scope: TenantScope, mailId: string): Promise<DecisionPlace | undefined>;
}
