import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { demoCatalog, demoDataset, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { parseConfig } from '../config/load-config.js';
import { exitCodeOfSignal, exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { runIngestion } from '../run/run-ingestion.js';
import { colorsFor } from '../terminal/colors.js';
import type { Terminal } from '../terminal/terminal.js';
import { checkReportFiles, writeReportFiles } from './report-files.js';
import { printSummary } from './summary.js';

export interface DemoFlags {
  report?: string;
  keep?: boolean;
}

/** Long enough before the recorded moment to take all recorded runs in. */
const lookbackDays = 45;

/** Shows a whole run on this machine: two stand-in servers, one ingestion, and a second one that finds nothing to do. */
export async function demoCommand(flags: DemoFlags, host: Host, terminal: Terminal): Promise<number> {
  if (flags.report) await checkReportFiles([flags.report], host.directory);
  const dataset = demoDataset();
  const startedAt = host.now();
  // The stand-ins and the run live at the moment of the recording: its runs would be too old otherwise.
  const now = () => Date.parse(dataset.takenAt) + (host.now() - startedAt);
  const kestra = await startKestraSandbox({ dataset, now, recordRequests: false });
  const openMetadata = await startOpenMetadataSandbox({ now, recordRequests: false });
  try {
    openMetadata.seedDatasets(demoCatalog());
    const config = await parseConfig(demoConfig(kestra.url, openMetadata), {
      file: 'demo',
      environment: {},
      directory: host.directory,
    });
    const run = () =>
      runIngestion(config, {
        host: { ...host, now },
        terminal,
        showProgress: true,
        simulated: openMetadata.simulated,
      });
    const colors = colorsFor(host.stdout, host);
    const title = (text: string) => terminal.print(`${colors.bold(text)}\n`);
    title(`A recorded Kestra ${dataset.version} → a stand-in for OpenMetadata, both on this machine`);
    const first = await run();
    await printSummary(first.report, { host, terminal });
    if (first.report.outcome === 'interrupted') return first.exitCode;
    title('\nOnce more: nothing has changed, so nothing should be written');
    const second = await run();
    terminal.print(`${writesOf(second.report)} writes in ${second.report.endedAt - second.report.startedAt} ms\n`);

    const file = flags.report ?? join(await mkdtemp(join(tmpdir(), 'flowmeta-demo-')), 'report.html');
    await writeReportFiles(first.withoutSecrets(), [file], host.directory);
    terminal.print(`\nThe report of the first run: ${file}\n`);
    if (flags.keep)
      return await untilInterrupted({ kestra: kestra.url, openMetadata: openMetadata.url }, host, terminal);
    if (first.exitCode !== exitCodes.done) return first.exitCode;
    return writesOf(second.report) === 0 ? second.exitCode : exitCodes.partial;
  } finally {
    await Promise.allSettled([kestra.close(), openMetadata.close()]);
  }
}

function demoConfig(kestraUrl: string, { url, token }: { url: string; token: string }): string {
  return JSON.stringify({
    source: {
      type: 'kestra',
      serviceName: 'kestra_demo',
      serviceConnection: { config: { type: 'Kestra', hostPort: kestraUrl } },
      sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: lookbackDays } },
    },
    workflowConfig: {
      openMetadataServerConfig: { hostPort: `${url}/api`, securityConfig: { jwtToken: token } },
    },
  });
}

function writesOf({ totals }: RunReport): number {
  return [totals.pipelines, totals.runs, totals.edges].reduce(
    (sum, { created, updated }) => sum + created + updated,
    0,
  );
}

async function untilInterrupted(
  urls: { kestra: string; openMetadata: string },
  host: Host,
  terminal: Terminal,
): Promise<number> {
  terminal.print(`Kestra: ${urls.kestra}\nOpenMetadata: ${urls.openMetadata}/api\nBoth run until Ctrl-C.\n`);
  return new Promise((resolve) => {
    const stop = host.onInterrupt((signal) => {
      stop();
      resolve(exitCodeOfSignal(signal));
    });
  });
}
