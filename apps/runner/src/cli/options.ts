import { InvalidArgumentError, Option } from 'commander';
import { type LogLevel, logFormats, logLevels } from '../terminal/log-levels.js';

export const configOption = () =>
  new Option('-c, --config <file>', 'the workflow config, YAML or JSON; required').makeOptionMandatory();
export const sourceOption = () =>
  new Option('--source <service>', 'only the source that fills this service, where the config has several');
export const logLevelOption = () =>
  new Option(
    '--log-level <level>',
    'what is logged: debug, info, warn or error; default loggerLevel of the config, else info',
  ).argParser(parseLogLevel);
export const logFormatOption = () =>
  new Option('--log-format <format>', 'how it is logged: for people, the default, or a line of JSON each').choices(
    logFormats,
  );
export const sinceOption = () =>
  new Option(
    '--since <when>',
    'take runs from this instant on, or from so long ago: 2026-11-01, 12h, 7d; default statusLookbackDays of the config',
  );
export const namespaceOption = () =>
  new Option('--namespace <namespace...>', 'only these namespaces and their children');

/** As `IngestionPhase` has them; spelled out, so that `--help` loads nothing. */
const phases = ['entities', 'runs', 'lineage', 'reconcile'] as const;
type Phase = (typeof phases)[number];

export const shardOption = () =>
  new Option('--shard <index/count>', 'only this part of the flows and their runs: 0/8 to 7/8')
    .argParser(parseShard)
    .conflicts(['flow', 'execution', 'allowMassDelete']);
export const phaseOption = () =>
  new Option('--phase <phase...>', `only these parts of the run: ${phases.join(', ')}`)
    .argParser(parsePhases)
    .conflicts(['flow', 'execution']);

const mostShards = 1000;

function parseShard(text: string): { index: number; count: number } {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  if (index === undefined || !isCount(Number(count)) || Number(index) >= Number(count)) {
    throw new InvalidArgumentError(
      `It is the number of the shard, counted from 0, and how many there are (${mostShards} at most): 0/8 to 7/8.`,
    );
  }
  return { index: Number(index), count: Number(count) };
}

export function parseCount(text: string): number {
  if (!/^\d+$/.test(text) || !isCount(Number(text))) throw new InvalidArgumentError(`It is 1 to ${mostShards}.`);
  return Number(text);
}

const isCount = (count: number): boolean => count >= 1 && count <= mostShards;

/** `a,b` and `a b` are both lists. */
function parsePhases(text: string, before: readonly Phase[] = []): Phase[] {
  const found = text.split(',').map((part) => {
    const phase = phases.find((known) => known === part.trim());
    if (!phase) throw new InvalidArgumentError(`It is one or several of ${phases.join(', ')}.`);
    return phase;
  });
  return [...new Set([...before, ...found])];
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text.toUpperCase());
  if (!level) throw new InvalidArgumentError('It is one of debug, info, warn, error.');
  return level;
}

export function parseSteps(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number, 0 or more.');
  return Number(text);
}

export function examples(lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

export function exitCodesWith(more = ''): string {
  return `
Exit codes:
  0    done, nothing lost
  1    done in part: something was skipped, failed or refused
  2    the command line or the config is wrong
  3    a server could not be reached, is too old or refused the sign-in
${more}  130  interrupted (143 by SIGTERM); the next run goes on
`;
}

export const exitCodeHelp = exitCodesWith();
