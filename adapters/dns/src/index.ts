/** The Resolver port on DNS messages of our own, and waiting with an end. */
export { createDeadline } from './deadline.ts';
export { createResolver, type ResolverOptions } from './resolver.ts';
