/** The one place where tenants are separated: what a caller may see, the first argument of every query. */

declare const made: unique symbol;

/**
 * Everything (the operator), or one account's domains. Made only by the functions below, from a token or a
 * session, so that no query can be asked with a scope that a caller named.
 */
export type TenantScope =
  | { readonly kind: 'service'; readonly [made]: true }
  | {
      readonly kind: 'account';
      readonly accountId: string;
      /** The domains of the account that the caller may see; undefined: all of them. */
      readonly domainIds: readonly string[] | undefined;
      readonly [made]: true;
    };

const brand = <T extends object>(scope: T): T & { readonly [made]: true } =>
  Object.freeze(scope) as T & { readonly [made]: true };

/** The whole service: for the operator's token and for our own processes. */
export const operatorScope = (): TenantScope => brand({ kind: 'service' as const });

/** One account, or the given domains of it. */
export const accountScope = (accountId: string, domainIds?: readonly string[]): TenantScope =>
  brand({ kind: 'account' as const, accountId, domainIds });

/** Nothing at all: for a user of no account. */
export const emptyScope = (): TenantScope => accountScope('00000000-0000-0000-0000-000000000000', []);

/** Whether something of this account and domain is visible in the scope. */
export function isVisible(
  scope: TenantScope,
  owner: { readonly accountId: string; readonly domainId: string },
): boolean {
  if (scope.kind === 'service') return true;
  if (scope.accountId !== owner.accountId) return false;
  return scope.domainIds === undefined || scope.domainIds.includes(owner.domainId);
}
