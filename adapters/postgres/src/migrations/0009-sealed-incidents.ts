/** Migration 9: what an undone incident names, such as a pattern of a list, is sealed like the event that it is of. */

export const sealedIncidents = {
  name: '0009-sealed-incidents',
  statements: `
-- Orders are noted again from the events, where they are sealed; one that was carried out releases nothing twice.
delete from undo_mails;
delete from undo_orders;
delete from checkpoints where projection = 'undo-orders';
`,
} as const;
