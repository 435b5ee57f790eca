/** run.json in the data folder: the ports and secrets of a running instance, for its own processes and the command line. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const runFileSchema = z.object({
  /** Of the supervisor; undefined once it has stopped. */
  pid: z.int().positive().optional(),
  /** Boot id and start time of that process, so that a reused pid is not taken for it. */
  started: z.string().optional(),
  apiUrl: z.string().optional(),
  operatorToken: z.string().optional(),
  /** Ports of embedded parts, kept from start to start. */
  ports: z.record(z.string(), z.int()).default({}),
});

export type RunFile = z.infer<typeof runFileSchema>;

const path = (dataDir: string): string => join(dataDir, 'run.json');

/** Undefined if there is none, or it cannot be read as one. */
export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
  try {
    return runFileSchema.parse(JSON.parse(await readFile(path(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Replaces the file at once; readable by its owner only. */
export async function writeRunFile(dataDir: string, content: RunFile): Promise<void> {
  await writeSecretFile(path(dataDir), `${JSON.stringify(content, null, 2)}\n`);
}

/** Writes a file that only its owner can read, never half. */
export async function writeSecretFile(file: string, text: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600, flush: true });
  await rename(temporary, file);
}
