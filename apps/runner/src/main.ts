import { runCli } from './cli.js';
import { exitCodes } from './exit-codes.js';
import { processHost } from './host.js';

// A reader that has seen enough (`| head`) is no error, and does not change how the command ends.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`error: the output can not be written (${error.code})\n`);
  process.exit(exitCodes.partial);
});
// A run does not end for its log, e.g. on a disk that is full: what it does is worth more than what it says.
process.stderr.on('error', () => {});

try {
  process.exitCode = await runCli(process.argv.slice(2), processHost());
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = exitCodes.usage;
}
