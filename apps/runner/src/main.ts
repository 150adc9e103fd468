import { runCli } from './cli.js';
import { exitCodes } from './exit-codes.js';
import { processHost } from './host.js';

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  process.exitCode = await runCli(process.argv.slice(2), processHost());
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = exitCodes.usage;
}
