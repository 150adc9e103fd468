import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { apiBase, type Plan, type PlannedWrite } from '@flowmeta/om-sink';
import { createRedactor } from '@flowmeta/redact';
import { z } from 'zod';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import { UsageError } from '../usage-error.js';
import { version } from '../version.js';

const formatVersion = 1;

const basisSchema = z.object({
  /** Version of the program. */
  program: z.string(),
  service: z.string(),
  target: z.string(),
  /** ms; it ends when the plan was made. */
  window: z.object({ since: z.number(), until: z.number() }),
  namespaces: z.array(z.string()),
  allowMassDelete: z.boolean(),
  /** Digests of what of the config decides what is read and written, by its key. */
  config: z.record(z.string(), z.string()),
});

/** What a plan was made of. */
export type PlanBasis = z.output<typeof basisSchema>;

/** A plan that `ingest --plan` can apply. */
export interface AppliedPlan {
  /** As the user named it. */
  file: string;
  basis: PlanBasis;
  plan: Plan;
  writes: PlannedWrite[];
}

const field = z.object({ field: z.string(), from: z.unknown().optional(), to: z.unknown().optional() });
const write = z.object({
  write: z.string(),
  of: z.string(),
  key: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
});
const fileSchema = z.object({
  basis: basisSchema,
  outcome: z.string(),
  service: z.string().optional(),
  pipelines: z.array(
    z.object({ action: z.enum(['create', 'change', 'restore', 'delete']), fqn: z.string(), fields: z.array(field) }),
  ),
  edges: z.array(
    z.object({
      action: z.enum(['add', 'change', 'remove']),
      from: z.string(),
      to: z.string(),
      description: z.string().optional(),
    }),
  ),
  tags: z.array(z.string()),
  runs: z.array(z.object({ pipeline: z.string(), count: z.number() })),
  writes: z.array(write),
});

/** What a plan of this config is made of. */
export function planBasis(
  config: LoadedConfig,
  given: Pick<PlanBasis, 'window' | 'namespaces' | 'allowMassDelete'>,
): PlanBasis {
  const { workflow, secrets } = config;
  const hide = createRedactor(secrets);
  const deciders = withoutSecrets({ source: workflow.source, rules: workflow.rules ?? [] }, secrets);
  const hostPort = workflow.workflowConfig.openMetadataServerConfig?.hostPort ?? '';
  return {
    program: version(),
    ...given,
    namespaces: [...given.namespaces].sort(),
    service: workflow.source.serviceName,
    target: hide.text(apiBase(hostPort)),
    config: Object.fromEntries(
      Object.entries(deciders).flatMap(([part, value]) => [...digests(part, hide.value(value))]),
    ),
  };
}

/** The text of a plan file. `plan` and what goes with it must have lost its secrets. */
export function planFileText(
  content: Plan &
    Pick<RunReport, 'outcome' | 'skipped' | 'failed' | 'warnings' | 'error'> & {
      basis: PlanBasis;
      writes: PlannedWrite[];
    },
): string {
  const { basis, writes, ...rest } = content;
  const whole = { formatVersion, basis, ...rest, writes };
  return `${JSON.stringify({ ...whole, digest: digestOf(whole) }, null, 2)}\n`;
}

/**
 * Reads a plan that `plan --output` has written.
 *
 * @throws UsageError when it is none, was edited, is not whole, or is not one of this config.
 */
export async function readPlanFile(
  file: string,
  { config, host, allowMassDelete }: { config: LoadedConfig; host: Host; allowMassDelete: boolean },
): Promise<AppliedPlan> {
  const refuse = (why: string, hint = again): never => {
    throw new UsageError(`--plan ${file}: ${why}`, hint);
  };
  const text = await readFile(resolve(host.directory, file), 'utf8').catch((error: NodeJS.ErrnoException) =>
    refuse(`it can not be read (${error.code})`, 'Name a file that `flowmeta plan --output` has written.'),
  );
  const value = parsed(text);
  if (value === undefined || !('formatVersion' in value)) {
    return refuse('this is no plan', 'Name a file that `flowmeta plan --output` has written.');
  }
  if (value.formatVersion !== formatVersion) {
    const found = typeof value.formatVersion === 'number' ? ` ${value.formatVersion}` : '';
    return refuse(`its format version${found} is not ${formatVersion}, the one that this program reads`);
  }
  const { digest, ...content } = value;
  if (digest === undefined) return refuse('it has no digest, so it was edited, or made by an older flowmeta');
  if (digest !== digestOf(content)) return refuse('it was changed after it was made: its digest does not fit');
  const result = fileSchema.safeParse(content);
  if (!result.success) return refuse('this is no plan that can be applied');
  const { basis, outcome, writes, ...plan } = result.data;
  if (outcome === 'failed' || outcome === 'interrupted') {
    return refuse('it is not whole: the run that made it was ended early');
  }
  if (basis.program !== version()) {
    return refuse(`it was made by flowmeta ${basis.program}, and this is ${version()}`);
  }
  const now = planBasis(config, basis);
  for (const [what, key] of [
    ['the service', 'service'],
    ['OpenMetadata at', 'target'],
  ] as const) {
    if (basis[key] !== now[key]) {
      return refuse(`it is for ${what} ${basis[key]}, and the config says ${now[key]}`, 'Use the config of the plan.');
    }
  }
  const differing = [...new Set([...Object.keys(basis.config), ...Object.keys(now.config)])].filter(
    (key) => basis.config[key] !== now.config[key],
  );
  if (differing.length > 0) {
    const more = differing.length > 5 ? ` and ${differing.length - 5} more` : '';
    const hint = 'Use the config of the plan, or make the plan again with this one.';
    return refuse(`the config differs from that of the plan in ${differing.slice(0, 5).join(', ')}${more}`, hint);
  }
  if (allowMassDelete && !basis.allowMassDelete) {
    const hint = 'Make the plan again with it, and look at what would go.';
    return refuse('--allow-mass-delete was not given when it was made', hint);
  }
  return { file, basis, plan: plan as Plan, writes: writes as PlannedWrite[] };
}

const again = 'Make the plan again: flowmeta plan --output.';

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Of the text, so that the order of keys counts as well. */
const digestOf = (value: unknown): string =>
  `sha256:${createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')}`;

function withoutSecrets(value: object, secrets: readonly string[]): object {
  const hidden = new Set(secrets);
  const text = JSON.stringify(value, (_key, nested: unknown) =>
    typeof nested === 'string' && hidden.has(nested) ? undefined : nested,
  );
  return JSON.parse(text);
}

/** A digest of each value, by the path that leads to it. */
function* digests(path: string, value: unknown): Generator<[string, string]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield [path, digestOf(value)];
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* digests(`${path}.${key}`, inner);
}
