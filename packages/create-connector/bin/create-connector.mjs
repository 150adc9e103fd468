#!/usr/bin/env node
import { main } from '../dist/index.js';

process.exitCode = main(process.argv.slice(2), {
  cwd: process.cwd(),
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
});
