/** The Resolver port on the DNS client of Node, and waiting with an end. */
export { createDeadline } from './deadline.ts';
export { createResolver, type ResolverOptions } from './resolver.ts';
