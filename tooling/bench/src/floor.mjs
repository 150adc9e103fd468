// Reads addresses with undici, decompresses and parses the answers, and does nothing else: what no program in Node can be below.
//   node floor.mjs FILE CONCURRENCY    FILE holds the addresses, a JSON array
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Agent, request } from 'undici';

const [file, concurrency] = process.argv.slice(2);
const addresses = JSON.parse(readFileSync(file, 'utf8')).values();
const dispatcher = new Agent({ connections: Number(concurrency) });

async function read() {
  for (const address of addresses) {
    const { statusCode, headers, body } = await request(address, {
      dispatcher,
      headers: { 'accept-encoding': 'gzip' },
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`${address} answered ${statusCode}`);
    JSON.parse(headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes);
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, read));
await dispatcher.close();
