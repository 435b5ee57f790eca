/** The delivery contract over nodemailer's SMTP connection. */
import { createDelivery } from '@sluice/nodemailer';
import { deliveryContract } from './delivery.contract.ts';

deliveryContract((ca) => createDelivery(ca === undefined ? {} : { tls: { ca } }));
