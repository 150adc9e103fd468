import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Connector, ConnectorContext, ConnectorDefinition } from '@flowmeta/connector';
import { InterruptedError } from '../run/interruption.js';
import { UsageError } from '../usage-error.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { findConnector } from './find-connector.js';
import { withoutEffect } from './openmetadata-schema.js';
import { problemsOf } from './problems.js';
import { setOptions } from './schema-walk.js';
import { withSecretFiles } from './secret-files.js';
import { documentsPerSource, mayBeService, type SourceDocument } from './sources.js';
import { whyUnreadable } from './unreadable.js';
import { type Workflow, workflowSchema } from './workflow-schema.js';
import { type Path, parseYaml, showPath, type YamlDocument } from './yaml-document.js';

/** A config that can be used. */
export interface LoadedConfig {
  file: string;
  workflow: Workflow;
  connector: ConnectorDefinition;
  /** The connector's own part, as its schema left it. */
  connectorConfig: unknown;
  /** Opens the connector, isolated where the config wants that; it sends no request yet. */
  open(context: ConnectorContext): Promise<Connector>;
  /** What the user should know, each once: keys that change nothing here, and the like. */
  warnings: string[];
  /** Values that must never be shown. */
  secrets: string[];
  /** It stands for each tenant that the server has, which was not asked: `{tenant}` is left in the name of its service. */
  ofAllTenants?: true;
}

export interface LoadConfigOptions {
  environment: Record<string, string | undefined>;
  /** What relative paths start from. */
  directory: string;
  /** OpenMetadata will not be asked: how it is reached may be missing, and is not looked at. */
  withoutTarget?: boolean;
  /** Only sources that fill this service. */
  source?: string | undefined;
  /** Asks the server for the tenants of a config that wants all of them; `place` is that of the key. Without it, nobody is asked. */
  tenantsOf?: (config: LoadedConfig, place: Pick<ConfigProblem, 'path' | 'line' | 'column'>) => Promise<string[]>;
  /** Takes why the tenants of one of several sources are not known; the others go on then. Without it, that is thrown. */
  onUnlisted?: (error: unknown) => void;
}

/**
 * Reads and checks a workflow file of which one source is meant. Throws a `ConfigError` with everything that is wrong with it, and a
 * `UsageError` where it has several sources and none is chosen.
 */
export async function loadConfig(file: string, options: LoadConfigOptions): Promise<LoadedConfig> {
  return onlyOne(await loadConfigs(file, options), options);
}

/** The same for each source of the file that is meant. The warnings of all are with the first, the secrets of all with each. */
export async function loadConfigs(file: string, options: LoadConfigOptions): Promise<LoadedConfig[]> {
  let text: string;
  try {
    text = await readFile(resolve(options.directory, file), 'utf8');
  } catch (error) {
    const message = `the file ${whyUnreadable(error)}`;
    throw new ConfigError(file, [{ path: '', message, hint: 'Name a file with -c that can be read.' }]);
  }
  if (text.includes('\0')) {
    const hint = 'Save it as UTF-8; PowerShell’s > does not.';
    throw new ConfigError(file, [{ path: '', message: 'it is no text in UTF-8', hint }]);
  }
  return parseConfigs(text, { ...options, file });
}

/** As `loadConfig`, for a text that is at hand; `file` names it in errors. */
export async function parseConfig(text: string, options: LoadConfigOptions & { file: string }): Promise<LoadedConfig> {
  return onlyOne(await parseConfigs(text, options), options);
}

/** As `loadConfigs`, for a text that is at hand. */
export async function parseConfigs(
  text: string,
  options: LoadConfigOptions & { file: string },
): Promise<LoadedConfig[]> {
  const { file, environment, withoutTarget = false } = options;
  const document = parseYaml(text, {
    file,
    environment,
    ...(withoutTarget && { leaveOut: ['workflowConfig', 'openMetadataServerConfig'] }),
  });
  const { configs, problems } = await parseSources(documentsPerSource(document), options);
  if (problems.length > 0) throw new ConfigError(file, problems);
  const expanded = await withTenants(configs, options);
  const warnings = [...new Set(expanded.flatMap(({ config }) => config.warnings))];
  const secrets = [...new Set(expanded.flatMap(({ config }) => config.secrets))];
  return chosen(
    expanded.map(({ config }) => config),
    options,
  ).map((config, index) => ({ ...config, warnings: index === 0 ? warnings : [], secrets }));
}

const tenantsPath = ['source', 'tenants'];

type ParseOptions = LoadConfigOptions & { file: string };
interface ParsedSource {
  config: LoadedConfig;
  document: SourceDocument;
}

/** Each source as far as it is right, and all that is wrong. */
async function parseSources(
  documents: readonly SourceDocument[],
  options: ParseOptions,
): Promise<{ configs: ParsedSource[]; problems: ConfigProblem[] }> {
  const configs: ParsedSource[] = [];
  const problems = new Map<string, ConfigProblem>();
  for (const document of documents) {
    try {
      const config = await parseSource(document, options);
      configs.push({ config: { ...config, warnings: config.warnings.map(document.named) }, document });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) {
        const path = document.named(problem.path);
        // What is wrong outside of the sources is wrong for each of them.
        problems.set(JSON.stringify([path, problem.message]), { ...problem, path });
      }
    }
  }
  return { configs, problems: [...problems.values()] };
}

/** With a source for each tenant in place of one that wants all. */
async function withTenants(sources: readonly ParsedSource[], options: ParseOptions): Promise<ParsedSource[]> {
  const { file, source: wanted, tenantsOf, onUnlisted } = options;
  const found: ParsedSource[] = [];
  const failures: unknown[] = [];
  for (const source of sources) {
    const { config, document } = source;
    // Of one whose services are not meant, nobody need be asked.
    const isMeant = wanted === undefined || mayBeService(config.workflow.source.serviceName, wanted);
    if (!document.ofTenants) found.push(source);
    else if (!tenantsOf || !isMeant) found.push({ config: { ...config, ofAllTenants: true }, document });
    else {
      try {
        const tenants = await tenantsOf(config, {
          path: document.named(showPath(tenantsPath)),
          ...document.position(tenantsPath),
        });
        const { configs, problems } = await parseSources(document.ofTenants(tenants), options);
        if (problems.length > 0) throw new ConfigError(file, problems);
        found.push(...configs);
      } catch (error) {
        if (!onUnlisted || wanted !== undefined || error instanceof InterruptedError) throw error;
        failures.push(error);
      }
    }
  }
  const last = found.length === 0 ? failures.pop() : undefined;
  for (const failure of failures) onUnlisted?.(failure);
  if (last !== undefined) throw last;
  return found;
}

function chosen(configs: LoadedConfig[], { file, source }: { file: string; source?: string | undefined }) {
  const meant = configs.filter(
    ({
      workflow: {
        source: { serviceName },
      },
      ofAllTenants,
    }) => {
      if (source === undefined || serviceName === source) return true;
      return ofAllTenants === true && mayBeService(serviceName, source);
    },
  );
  if (meant.length === 0) throw new UsageError(`--source ${source}: ${file} has no such source`, choices(configs));
  if (meant.length > 1 && meant[0]!.workflow.sink?.type === 'file') {
    throw new UsageError(`${file} has ${meant.length} sources, and its file takes one`, `Add ${choices(meant)}`);
  }
  return meant;
}

function onlyOne(configs: LoadedConfig[], { source }: { source?: string | undefined }): LoadedConfig {
  const [first, ...others] = configs;
  if (others.length === 0) return first!;
  if (source !== undefined) throw new UsageError(`--source ${source}: ${configs.length} sources fill this service`);
  throw new UsageError(
    `${first!.file} has ${configs.length} sources, and this command takes one`,
    `Add ${choices(configs)}`,
  );
}

const choices = (configs: readonly LoadedConfig[]): string =>
  `--source with one of: ${[...new Set(configs.map(({ workflow }) => workflow.source.serviceName))].join(', ')}.`;

async function parseSource(
  document: YamlDocument,
  { file, directory, withoutTarget = false }: LoadConfigOptions & { file: string },
): Promise<LoadedConfig> {
  const directories = [dirname(resolve(directory, file)), directory];
  const { connector, open } = await findConnector(document, { directories });
  const schema = workflowSchema(connector, { withoutTarget });
  const problems: ConfigProblem[] = [];
  const filled = await withSecretFiles(document.value, {
    named: [...setOptions(schema, document.value)].flatMap(({ path, meta }) =>
      typeof meta.fileOf === 'string' ? [{ path, option: meta.fileOf }] : [],
    ),
    directories,
    report: (path, message, hint) => {
      problems.push({ path: showPath(path), ...document.position(path), message, hint });
    },
  });
  const { workflow, input } = validate({ schema, document, value: filled, problems });
  const warnings = [...setOptions(schema, document.value, withoutEffect)].flatMap(({ path, meta, value }) => {
    const why = meta[withoutEffect];
    return typeof why === 'string' && !isEmpty(value) ? [`${showPath(path)} has no effect: ${why}`] : [];
  });
  for (const path of document.escapedDollars) warnings.push(`${path}: "$$" is read as one dollar sign`);
  return {
    file,
    workflow,
    connector,
    connectorConfig: workflow.source.serviceConnection.config,
    open: (context) => open(input.source.serviceConnection.config, { context, source: workflow.source }),
    warnings,
    secrets: [...secretsOf(schema, document.value), ...secretsOf(schema, workflow)],
  };
}

interface Validation {
  schema: ReturnType<typeof workflowSchema>;
  document: YamlDocument;
  value: unknown;
  /** What was found wrong before. */
  problems: ConfigProblem[];
}

/** Parses; values from variables and unquoted words are taken as what the schema wants, if they can be: `input` has them so. */
function validate({ schema, document, value, problems }: Validation): { workflow: Workflow; input: Workflow } {
  const fail = (issues: Parameters<typeof problemsOf>[0]): never => {
    const known = new Set(problems.map(({ path }) => path));
    const further = problemsOf(issues, schema, document).filter(({ path }) => !known.has(path));
    throw new ConfigError(document.file, [...problems, ...further]);
  };
  const first = schema.safeParse(value);
  const valid = (workflow: Workflow, input: unknown) => ({ workflow, input: input as Workflow });
  if (first.success) return problems.length > 0 ? fail([]) : valid(first.data, value);
  const retyped = structuredClone(value);
  for (const issue of first.error.issues) {
    if (issue.code !== 'invalid_type') continue;
    const meant = document.retyped(issue.path as Path);
    if (typeof meant === (issue.expected === 'int' ? 'number' : issue.expected)) {
      setAt(retyped, issue.path as Path, meant);
    }
  }
  const second = schema.safeParse(retyped);
  return second.success && problems.length === 0 ? valid(second.data, retyped) : fail(second.error?.issues ?? []);
}

function setAt(root: unknown, path: Path, value: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], root);
  (parent as Record<string | number, unknown>)[path.at(-1)!] = value;
}

/** `config: {}` is what templates have, and says nothing. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function secretsOf(schema: ReturnType<typeof workflowSchema>, value: unknown): string[] {
  return [...setOptions(schema, value)].flatMap(({ meta, value: secret }) => {
    if (meta.secret !== true) return [];
    if (typeof secret === 'string') return [secret];
    return typeof secret === 'object' ? Object.values(secret ?? {}).map(String) : [];
  });
}
