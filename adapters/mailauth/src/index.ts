/** SPF, DKIM and DMARC observations by mailauth. */
export { createMailAuthenticator, type MailAuthenticatorOptions } from './mail-authenticator.ts';
