/** Delivery on the SMTP connection of nodemailer. */
export { createDelivery } from './delivery.ts';
export type { ClosableDelivery, DeliveryOptions } from './delivery.ts';
