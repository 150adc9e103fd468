#!/usr/bin/env node
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: flowmeta needs Node.js 20.19 or newer, this is ${process.versions.node}`);
  process.exit(2);
}
// Node 22 and newer keep the compiled code, which makes the next start quicker.
module.enableCompileCache?.();
await import('../dist/main.js');
