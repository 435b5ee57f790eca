/** The RouteProbe beside the delivery of nodemailer keeps the contract. */
import { createRouteProbe } from '@sluice/nodemailer';
import { routeProbeContract } from './route-probe.contract.ts';

routeProbeContract((settings) => createRouteProbe({ helo: 'mx1.example.net', ...settings }));
