import { runCli } from './cli.js';
import { exitCodes } from './exit-codes.js';
import { processHost } from './host.js';

// A reader that has seen enough (`| head`) is no error, and does not change how the command ends.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream === process.stdout) process.stderr.write(`error: the output can not be written (${error.code})\n`);
    process.exit(exitCodes.partial);
  });
}

try {
  process.exitCode = await runCli(process.argv.slice(2), processHost());
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = exitCodes.usage;
}
