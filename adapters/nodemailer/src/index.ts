/** Delivery on the SMTP connection of nodemailer, and the test of a route without sending. */
export { createDelivery } from './delivery.ts';
export type { ClosableDelivery, DeliveryOptions } from './delivery.ts';
export { createRouteProbe, type RouteProbeOptions } from './probe/route-probe.ts';
