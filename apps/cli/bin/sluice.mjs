#!/usr/bin/env node
// Entry of the command line: runs src/main.ts on Node 26, through the `node` package where the shell's own Node is older.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenNpmEnds } from './npm-parent.mjs';

const main = new URL('../src/main.ts', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= 26) {
  whenNpmEnds(() => process.kill(process.pid, 'SIGTERM'));
  await import(main.href);
} else {
  const nodePackage = createRequire(import.meta.url).resolve('node/package.json');
  const node = join(dirname(nodePackage), 'bin', 'node');
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  whenNpmEnds(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}
