// Whether the container is well: `flowmeta watch` answers /healthz. Other commands end by themselves, so they always are.
import { readFileSync } from 'node:fs';

const args = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
if (!args.includes('watch') || args.includes('--no-listen')) process.exit(0);
const listen = args.indexOf('--listen');
const [, address = '127.0.0.1:9464'] = [args[listen], listen < 0 ? undefined : args[listen + 1]];
const port = address.slice(address.lastIndexOf(':') + 1);
const { ok } = await fetch(`http://127.0.0.1:${port}/healthz`);
process.exit(ok ? 0 : 1);
