/** The VirusScanner port on clamd. */
export { connectClamd, type Clamd } from './clamd.ts';
