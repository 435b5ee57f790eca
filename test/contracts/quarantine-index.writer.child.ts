/** Writes mails into the index of a folder until it is killed: checkpoint n goes with the mails 0 to n. */
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';
import { document, mailOf } from './quarantine-index.documents.ts';

const [folder = '', from = '0'] = process.argv.slice(2);
const writer = await openQuarantineIndexes(folder).openWriter();

/** Every mail stands in the index once; each change also writes the one before anew and takes a passing one away. */
for (let n = Number(from); ; n++) {
  const again = n > 0 ? [document(n - 1, { subject: 'again' })] : [];
  await writer.write({
    upsert: [...again, document(n, { subject: 'last' }), document(1_000_000 + n)],
    remove: [mailOf(1_000_000 + n - 1)],
    checkpoint: String(n),
  });
  process.stdout.write(`${n}\n`);
}
