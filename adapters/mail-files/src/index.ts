/** Mails in files of many forms. */
export { findMails, type FindOptions } from './find-mails.ts';
