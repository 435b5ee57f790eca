/** The note of what was handed in outlives the process. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeFileError, openHandedIn } from './index.ts';

const one = '01930000-0000-5000-8000-000000000001';
const two = '01930000-0000-5000-8000-000000000002';

describe('what was handed in', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-handed-in-'));
    file = join(folder, 'handed-in.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is known again after the file is opened anew', () => {
    const first = openHandedIn({ file });
    expect(first.has(one)).toBe(false);
    first.add([one]);
    first.add([one]);
    first.add([]);
    first.close();
    const second = openHandedIn({ file });
    expect([second.has(one), second.has(two)]).toEqual([true, false]);
    second.close();
  });

  it('is for nobody else to read', () => {
    openHandedIn({ file }).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is not kept in a file of something else', () => {
    writeFileSync(file, 'no database at all, however long it may be'.repeat(100));
    expect(() => openHandedIn({ file })).toThrow(EdgeFileError);
  });
});
