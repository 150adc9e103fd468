import { splitFqn } from '@flowmeta/om-mapper';
import { z } from 'zod';
import { isolationSchema, packageSchema } from './connector-schema.js';
import { ignored, pipelineMetadataSchema, serverConfigSchema } from './openmetadata-schema.js';
import { rulesSchema } from './rules-schema.js';
import { allTenants } from './sources.js';
import { stateSchema } from './state-schema.js';
import { watchSchema } from './watch-schema.js';

const componentConfig = z.record(z.string(), z.unknown()).nullish();

/** A step of OpenMetadata's framework that has no part here. */
const step = (name: string) =>
  ignored(
    z.strictObject({ type: z.string(), config: componentConfig }),
    `The ${name} of the framework.`,
    `there is no ${name} here`,
  );

const metadataRestSink = z.strictObject({
  type: z.literal('metadata-rest'),
  config: ignored(
    z.record(z.string(), z.unknown()),
    'Settings of the sink in the Python framework.',
    'batches and retries are chosen here',
  ),
});

const fileSink = z.strictObject({
  type: z.literal('file'),
  config: z.strictObject({
    filename: z.string().min(1).describe('Takes each request as a line of JSON; relative to the current directory.'),
    openMetadataVersion: z
      .string()
      .nullish()
      .describe('The version that the requests are made for, e.g. `1.6`; default the newest that is known.'),
  }),
});

/**
 * The whole config file. `configSchema` is the connector's own; the rest is OpenMetadata's workflow file, with every
 * key that its versions 1.2 … 2.0 know. `withoutTarget`: nobody will ask OpenMetadata, so that its address may be missing.
 */
export function workflowSchema(
  connector: { name: string; title: string; configSchema: z.ZodType },
  { withoutTarget = false }: { withoutTarget?: boolean } = {},
) {
  return z
    .strictObject({
      source: z.strictObject({
        type: z
          .string()
          .refine((type) => type.toLowerCase() === connector.name, `must be ${connector.name}`)
          .describe(`The connector: \`${connector.name}\`.`),
        connector: packageSchema
          .nullish()
          .describe('The npm package of the connector, where it does not come with this command; its code runs here.'),
        isolation: isolationSchema
          .nullish()
          .describe(
            'Runs the connector of a package in a worker or a process of its own, so that its faults end nothing else.',
          ),
        serviceName: z
          .string()
          .min(1)
          .max(128)
          .refine(
            (name) => !/::|[">\p{Cc}]/u.test(name),
            'must hold neither "::" nor quotes, ">" or control characters',
          )
          .describe('Name of the pipeline service in OpenMetadata that is filled; made when it is absent.'),
        tenants: z
          .union([z.literal(allTenants), z.array(z.string().min(1)).min(1)])
          .nullish()
          .describe(
            'Tenants that are read one after another, instead of `tenantId`; `{tenant}` in `serviceName` stands for each. `all`: those that the server lists, which takes a right of its own.',
          ),
        serviceConnection: z
          .strictObject({ config: connector.configSchema })
          .describe(`How ${connector.title} is reached.`),
        sourceConfig: z
          .strictObject({ config: pipelineMetadataSchema.nullish().describe('Settings of the job.') })
          .nullish()
          .describe('What is taken over.'),
      }),
      connectors: z
        .array(packageSchema)
        .nullish()
        .describe('npm packages in which the connector of `source.type` is looked for too; their code runs here.'),
      connectorPaths: z
        .array(z.string().min(1))
        .nullish()
        .describe(
          'Directories in whose node_modules packages of connectors are looked for, before the current directory. Relative to the config, then to the current directory.',
        ),
      processor: step('processor'),
      stage: step('stage'),
      bulkSink: step('bulk sink'),
      sink: z
        .discriminatedUnion('type', [metadataRestSink, fileSink])
        .nullish()
        .describe(
          'Where to: `metadata-rest`, the default, writes to OpenMetadata; `file` writes the requests to a file.',
        ),
      workflowConfig: z.strictObject({
        loggerLevel: z
          .enum(['DEBUG', 'INFO', 'WARN', 'ERROR'])
          .nullish()
          .describe('What is logged; default INFO. `--log-level` wins over it.'),
        successThreshold: z
          .number()
          .min(0)
          .max(100)
          .nullish()
          .describe(
            'Percentage of items below which the summary speaks of a failed workflow; default 90. The exit code does not depend on it: lost items always make it 1.',
          ),
        reportToOpenMetadata: z
          .boolean()
          .nullish()
          .describe(
            'Shows the run in OpenMetadata as one of the ingestion pipeline `ingestionPipelineFQN`, or without that of `<serviceName>.flowmeta`. On by default where `ingestionPipelineFQN` is given.',
          ),
        state: stateSchema
          .nullish()
          .describe('What is remembered between runs, so that a run reads only what is new. Default: nothing.'),
        watch: watchSchema.nullish().describe('How `flowmeta watch` goes about it.'),
        raiseOnError: ignored(
          z.boolean(),
          'Whether a failed workflow is an error.',
          'a run that lost something always exits with 1',
        ),
        openMetadataServerConfig: serverConfigSchema
          .nullish()
          .describe('How OpenMetadata is reached. Only a `file` sink does without.'),
        config: ignored(
          z.record(z.string(), z.unknown()),
          'Free settings of the framework.',
          'there is no framework here',
        ),
      }),
      rules: rulesSchema
        .nullish()
        .describe(
          'What pipelines get in OpenMetadata beyond what their source says. Of each field, the first rule that matches and has it counts.',
        ),
      ingestionPipelineFQN: z
        .string()
        .refine(isTwoNames, 'must be <service>.<name>, a name with dots in double quotes')
        .nullish()
        .describe(
          'Shows the run in OpenMetadata as one of this ingestion pipeline, `<service>.<name>`; made when it is absent and of the service that is filled.',
        ),
      pipelineRunId: z.string().nullish().describe('Identifies the run in its report; default a random one.'),
      enableStreamableLogs: ignored(z.boolean(), 'Sends logs to OpenMetadata.', 'logs are not sent to OpenMetadata'),
      ingestionRunnerName: ignored(
        z.string(),
        'The runner that takes the job.',
        'the command runs where it is started',
      ),
    })
    .superRefine((workflow, context) => {
      if (withoutTarget || workflow.sink?.type === 'file' || workflow.workflowConfig.openMetadataServerConfig) return;
      context.addIssue({
        code: 'custom',
        path: ['workflowConfig', 'openMetadataServerConfig'],
        message: 'is missing',
        params: { hint: 'Say where OpenMetadata is: hostPort, and securityConfig.jwtToken.' },
      });
    });
}

function isTwoNames(fqn: string): boolean {
  try {
    return splitFqn(fqn).length === 2;
  } catch {
    return false;
  }
}

export type Workflow = z.output<ReturnType<typeof workflowSchema>>;
