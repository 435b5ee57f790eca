/** The delivery contract over nodemailer's SMTP connection. */
import { createDelivery } from '@sluice/nodemailer';
import { deliveryContract, type DeliverySettings } from './delivery.contract.ts';
import { deliveryTargetContract } from './delivery.target.contract.ts';

const create = ({ ca, ...settings }: DeliverySettings) =>
  createDelivery({ ...settings, ...(ca !== undefined && { tls: { ca } }) });

deliveryContract(create);
deliveryTargetContract(create);
