// Whether the container is well: `flowmeta watch` answers /healthz, also while a server that it needs is away, which no restart
// would mend. Other commands end by themselves, so they always are.
import { readFileSync } from 'node:fs';

const [, , pid = '1'] = process.argv;
const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
if (!args.includes('watch') || args.includes('--no-listen')) process.exit(0);

const given = args.findLastIndex((arg) => /^--listen(?:=|$)/.test(arg));
const address = (given < 0 ? '' : args[given].slice('--listen='.length) || args[given + 1]) || '127.0.0.1:9464';
// One that stands for all addresses is none that can be asked.
const url = `http://${address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:')}/healthz`;
try {
  const { status } = await fetch(url, { redirect: 'error' });
  process.stdout.write(`${url}: ${status}\n`);
  process.exitCode = status === 200 ? 0 : 1;
} catch (error) {
  process.stdout.write(`${url}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
