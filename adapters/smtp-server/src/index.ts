/** The SMTP listener of an edge. */
export { type SmtpListener, startSmtpListener } from './listener.ts';
export { type SmtpLimits, type SmtpListenerOptions, type TlsMaterial, type TurnedAway } from './options.ts';
