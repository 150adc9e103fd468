import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { mergeReports } from '@flowmeta/report';
import {
  airflowDataset,
  demoCatalog,
  demoDataset,
  startAirflowSandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { type LoadedConfig, parseConfigs } from '../config/load-config.js';
import { exitCodeOfSignal, exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { type IngestionResult, type RunIngestionOptions, runIngestion } from '../run/run-ingestion.js';
import { colorsFor } from '../terminal/colors.js';
import type { Terminal } from '../terminal/terminal.js';
import { crossings } from './demo-crossings.js';
import { checkReportFiles, writeReportFiles } from './report-files.js';
import { printSummary } from './summary.js';

export interface DemoFlags {
  report?: string;
  json?: boolean;
  keep?: boolean;
}

/** Long enough before the recorded moments to take all recorded runs in. */
const lookbackDays = 45;
/** The others are in the report. */
const shownFindings = 3;

/** Shows a whole run on this machine: stand-ins for two orchestrators and a catalog, one ingestion, and a second one that finds nothing to do. */
export async function demoCommand(flags: DemoFlags, host: Host, terminal: Terminal): Promise<number> {
  if (flags.report) await checkReportFiles([flags.report], host.directory);
  const recorded = { kestra: demoDataset(), airflow: airflowDataset(3) };
  const startedAt = host.now();
  // The stand-ins and the run live at the moment of the later recording: the recorded runs would be too old otherwise.
  const takenAt = Math.max(Date.parse(recorded.kestra.takenAt), Date.parse(recorded.airflow.takenAt));
  const now = () => takenAt + (host.now() - startedAt);
  const options = { now, recordRequests: false };
  const [kestra, airflow, openMetadata] = await Promise.all([
    startKestraSandbox({ dataset: recorded.kestra, ...options }),
    startAirflowSandbox({ dataset: recorded.airflow, ...options }),
    startOpenMetadataSandbox(options),
  ]);
  try {
    openMetadata.seedDatasets(demoCatalog());
    const urls = { kestra: kestra.url, airflow: airflow.url, openMetadata: `${openMetadata.url}/api` };
    const configs = await parseConfigs(demoConfig(urls, openMetadata.token), {
      file: 'demo',
      environment: {},
      directory: host.directory,
    });
    const { simulated } = openMetadata;
    const run = () => ingestAll(configs, { host: { ...host, now }, terminal, showProgress: true, simulated });
    const colors = colorsFor(host.stdout, host);
    const say = (text: string) => {
      if (!flags.json) terminal.print(`${text}\n`);
    };

    const { version } = recorded.kestra;
    say(
      colors.bold(
        `A recorded Kestra ${version} and a recorded Airflow ${recorded.airflow.version} → one OpenMetadata; stand-ins, all on this machine`,
      ),
    );
    const first = await run();
    if (flags.json) terminal.printData(`${JSON.stringify(first.withoutSecrets(), null, 2)}\n`);
    else await printSummary(first.report, { host, terminal, findings: shownFindings });
    if (first.report.outcome === 'interrupted') return first.exitCode;
    const shared = crossings(first.report);
    if (shared.length > 0)
      say(['', colors.bold('From one to the other'), ...shared.map((each) => `  ${each}`)].join('\n'));

    say(colors.bold('\nOnce more: nothing has changed, so nothing should be written'));
    const second = await run();
    const writes = writesOf(second.report);
    say(`${writes} writes in ${second.report.endedAt - second.report.startedAt} ms`);

    if (flags.report || !flags.json) {
      const file = flags.report ?? join(await mkdtemp(join(tmpdir(), 'flowmeta-demo-')), 'report.html');
      await writeReportFiles(first.withoutSecrets(), [file], host.directory);
      say(`\nThe report of the first run: ${file}`);
    }
    if (flags.keep) {
      say(
        `Kestra: ${urls.kestra}\nAirflow: ${urls.airflow}\nOpenMetadata: ${urls.openMetadata}\nAll run until Ctrl-C.`,
      );
      return await untilInterrupted(host);
    }
    if (first.exitCode !== exitCodes.done) return first.exitCode;
    return writes === 0 ? second.exitCode : exitCodes.partial;
  } finally {
    await Promise.allSettled([kestra.close(), airflow.close(), openMetadata.close()]);
  }
}

/** One after the other, as `ingest` does with the sources of a config. */
async function ingestAll(
  configs: readonly LoadedConfig[],
  options: RunIngestionOptions,
): Promise<Pick<IngestionResult, 'report' | 'withoutSecrets' | 'exitCode'>> {
  const runs: IngestionResult[] = [];
  for (const config of configs) {
    const run = await runIngestion(config, options);
    runs.push(run);
    if (run.report.outcome === 'interrupted') break;
  }
  return {
    report: mergeReports(runs.map(({ report }) => report)),
    withoutSecrets: () => mergeReports(runs.map((run) => run.withoutSecrets())),
    exitCode: Math.max(...runs.map(({ exitCode }) => exitCode)),
  };
}

function demoConfig(urls: { kestra: string; airflow: string; openMetadata: string }, jwtToken: string): string {
  const source = (type: string, connection: { type: string; hostPort: string }) => ({
    type,
    serviceName: `${type}_demo`,
    serviceConnection: { config: connection },
    sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: lookbackDays } },
  });
  return JSON.stringify({
    sources: [
      source('kestra', { type: 'Kestra', hostPort: urls.kestra }),
      source('airflow', { type: 'Airflow', hostPort: urls.airflow }),
    ],
    workflowConfig: { openMetadataServerConfig: { hostPort: urls.openMetadata, securityConfig: { jwtToken } } },
  });
}

function writesOf({ totals }: RunReport): number {
  return [totals.pipelines, totals.runs, totals.edges].reduce(
    (sum, { created, updated }) => sum + created + updated,
    0,
  );
}

function untilInterrupted(host: Host): Promise<number> {
  return new Promise((resolve) => {
    const stop = host.onInterrupt((signal) => {
      stop();
      resolve(exitCodeOfSignal(signal));
    });
  });
}
