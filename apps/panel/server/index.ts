/** The role `panel`. */
export {};
