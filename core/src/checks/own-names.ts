/** The names that this service answers to: those that nobody else has a reason to introduce itself with. */

export interface OwnNames {
  /** Name of this edge, as in its greeting. */
  readonly hostname: string;
  /** Whether the name (lower case, without final dot) is a domain that is protected here. */
  protects(name: string): boolean;
}

interface Domains {
  domain(name: string): { readonly status: string } | undefined;
}

export const ownNames = (hostname: string, domains: Domains): OwnNames => ({
  hostname,
  protects: (name) => domains.domain(name)?.status === 'active',
});
