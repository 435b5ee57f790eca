/** Credentials and sessions of people. */
export {};
