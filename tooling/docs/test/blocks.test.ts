import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { buildProgram } from '../../../apps/runner/src/cli.js';
import { builtInConnectors } from '../../../apps/runner/src/config/connectors.js';
import { fakeHost, run } from '../../../apps/runner/test/fake-host.js';
import { commandsOf } from '../src/commands-page.js';
import { drawingOf } from '../src/drawing.js';
import { commandsIn, type Fence, fencesIn } from '../src/fences.js';
import { kubernetesProblems } from '../src/kubernetes.js';
import { files, root, text } from '../src/pages.js';

/** Languages whose blocks nothing here looks into, and why. */
const unchecked: Record<string, string> = {
  ts: 'examples.test.ts compiles them',
  text: 'what --help prints; reference.test.ts writes it',
  '': 'it is a drawing or the form of a file',
};
/** Programs whose arguments nothing here knows, and why. */
const foreign: Record<string, string> = {
  export: 'the shell',
  cd: 'the shell',
  mkdir: 'the system',
  kill: 'the system',
  docker: 'no Docker here; what comes after the name of our image is looked at',
  kubectl: 'no cluster here; the files that it names are looked at',
  'python3.11': 'it installs Airflow, for recordings',
  pip: 'it installs Airflow, for recordings',
};

const fences = files.flatMap((file) => fencesIn(file, text(file)));
const named = (wanted: (fence: Fence) => boolean) =>
  fences.filter(wanted).map((fence): [string, Fence] => [`${fence.file}:${fence.line}`, fence]);

/** The scripts that a block holds, by its language. */
const scripts: Record<string, (block: string) => string[]> = {
  sh: (block) => [block],
  crontab: (block) =>
    block
      .split('\n')
      .filter((line) => !/^(?:#|$|[A-Z_]+=)/.test(line))
      .map((line) => /^(?:\S+\s+){5}(.*)$/.exec(line)![1]!),
  ini: (block) => [...block.matchAll(/^Exec(?:Start|Reload)=\/\S*\/(.*)$/gm)].map(([, command]) => command!),
  python: (block) => [...block.matchAll(/bash_command="([^"]*)"/g)].map(([, command]) => command!),
};

const { scripts: ownScripts, packageManager } = JSON.parse(text('package.json'));
const ourPackages = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => JSON.parse(text(`${group}/${name}/package.json`)).name as string),
);

/** Fails when the command line would not be taken. */
async function expectAccepted(args: string[]) {
  const { host, written } = fakeHost();
  const program = buildProgram(host);
  for (const { command } of commandsOf(program)) if (command.commands.length === 0) command.action(() => {});
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    throw new Error(`flowmeta ${args.join(' ')}: ${written.stderr.trim() || (error as Error).message}`);
  }
}

/** Fails unless every command of a script is one that can be called so. */
async function expectCommands(script: string) {
  for (const command of commandsIn(script)) {
    for (const word of command)
      if (/^(?:deploy|apps|packages|tooling|docs)\/[^\s<>*$]+$/.test(word) && !word.includes('/dist/'))
        expect(existsSync(join(root, word)), `${word} is there`).toBe(true);
    const [program, ...args] = command;
    const image = command.findIndex((word) => /(?:^|\/)flowmeta(?::|$)/.test(word));
    if (program === 'flowmeta') await expectAccepted(args);
    else if (program === 'docker' && args[0] === 'run') {
      expect(image, `the image of ${command.join(' ')}`).toBeGreaterThan(0);
      await expectAccepted(command.slice(image + 1));
    } else if (program === 'npx' && /^flowmeta(?:@|$)/.test(args.filter((arg) => !/^(?:-y|--yes)$/.test(arg))[0]!))
      await expectAccepted(args.slice(args.findIndex((arg) => arg.startsWith('flowmeta')) + 1));
    else if (program === 'npx' && args.includes(packageManager)) {
      const [name] = args.slice(args.indexOf(packageManager) + 1).filter((arg) => arg !== 'run');
      expect(Object.keys(ownScripts)).toContain(name);
    } else if (program === 'npx') {
      if (!['vitest', 'tsc'].includes(args[0]!)) expect(ourPackages).toContain(args[0]);
    } else if (program === 'npm' && args[0] === 'install') {
      for (const name of args.slice(1).filter((arg) => /^(?:flowmeta|@flowmeta)/.test(arg)))
        expect(ourPackages).toContain(name.replace(/(?<=.)@[^/]*$/, ''));
    } else if (program === 'npm') expect(['init', 'pkg', 'test', 'run', 'publish', 'pack']).toContain(args[0]);
    else if (program === 'node') expect(existsSync(join(root, args[0]!)), `${args[0]} is there`).toBe(true);
    else expect(Object.keys(foreign), `the command: ${command.join(' ')}`).toContain(basename(program!));
  }
}

const base = {
  source: {
    type: 'kestra',
    serviceName: 'kestra_prod',
    serviceConnection: { config: { type: 'Kestra', hostPort: 'https://kestra.example.com' } },
    sourceConfig: { config: { type: 'PipelineMetadata' } },
  },
  workflowConfig: {
    openMetadataServerConfig: {
      hostPort: 'https://openmetadata.example.com/api',
      securityConfig: { jwtToken: 'a token' },
    },
  },
};
const inSource = ['source'];
const inJob = ['source', 'sourceConfig', 'config'];
/** Where a part of a config that is shown alone belongs. */
const homes: Record<string, string[]> = {
  source: [],
  sources: [],
  sink: [],
  workflowConfig: [],
  rules: [],
  connectors: [],
  connectorPaths: [],
  ingestionPipelineFQN: [],
  serviceConnection: inSource,
  sourceConfig: inSource,
  lineageInformation: inJob,
  pipelineFilterPattern: inJob,
  statusLookbackDays: inJob,
  markDeletedPipelines: inJob,
  openMetadataServerConfig: ['workflowConfig'],
  state: ['workflowConfig'],
};

type Mapping = { [key: string]: unknown };
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(into: Mapping, from: Mapping): Mapping {
  const all = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const old = all[key];
    all[key] = isMapping(old) && isMapping(value) ? merged(old, value) : value;
  }
  return all;
}

/** The part of a config as a whole one. */
const completed = (part: Mapping): Mapping => {
  // A config has either.
  const { source: _source, ...withoutSource } = base;
  return Object.entries(part).reduce<Mapping>(
    (all, [key, value]) =>
      merged(
        all,
        homes[key]!.reduceRight<Mapping>((inner, name) => ({ [name]: inner }), { [key]: value }),
      ),
    'sources' in part ? withoutSource : base,
  );
};

/** Fails unless `flowmeta validate` takes the config without a warning. */
async function expectValid(config: Mapping) {
  const source = (config.source ?? {}) as Mapping;
  if (
    config.source !== undefined &&
    (!((source.type as string) in builtInConnectors) || source.isolation !== undefined)
  ) {
    // Somebody's connector: what the page shows of it is nothing that is here, the rest of the file is.
    const { connector: _connector, isolation: _isolation, ...rest } = source;
    const isOther = !((source.type as string) in builtInConnectors);
    const { type, serviceConnection } = base.source;
    config.source = { ...rest, type, ...(isOther && { serviceConnection }) };
  }
  const directory = mkdtempSync(join(tmpdir(), 'flowmeta-docs-'));
  const secret = join(directory, 'secret');
  writeFileSync(secret, 'a secret');
  const yaml = stringify(config).replace(/\/run\/secrets\/[\w/-]+/g, secret);
  writeFileSync(join(directory, 'config.yaml'), yaml);
  const environment = Object.fromEntries([...yaml.matchAll(/\$\{?([A-Z_]+)/g)].map(([, name]) => [name!, 'a value']));
  const { exitCode, stderr } = await run(['validate', '-c', 'config.yaml'], { directory, environment });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
}

const kubernetesFiles = readdirSync(join(root, 'deploy/kubernetes')).map((file) => `deploy/kubernetes/${file}`);
/** The code in which messages stand. */
const sources = ['connector-kestra', 'kestra-client', 'ingestion']
  .map((name) => `packages/${name}/src`)
  .concat('apps/runner/src')
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => /(?<!\.test)\.ts$/.test(file))
  .map(text)
  .join('\n');

interface KubernetesObject extends Mapping {
  data?: Record<string, string>;
  spec?: KubernetesSpec & { jobTemplate?: { spec: KubernetesSpec } };
}
interface KubernetesSpec {
  template?: { spec: { containers: { args: string[] }[] } };
}
interface KestraTask {
  commands?: string[];
  env?: Mapping;
  inputFiles?: Record<string, string>;
}
interface Step {
  run?: string;
}

const isOfKubernetes = (value: Mapping) => 'apiVersion' in value || 'containers' in value;

async function expectYaml(value: unknown) {
  if (!isMapping(value)) throw new Error('it is no mapping');
  if (isOfKubernetes(value)) {
    // All of them are looked at together, below: loading the types takes a while.
  } else if ('tasks' in value) {
    for (const { commands = [], inputFiles = {} } of value.tasks as KestraTask[]) {
      for (const command of commands) await expectCommands(command);
      for (const file of Object.values(inputFiles)) await expectYaml(parseAllDocuments(file)[0]!.toJS());
    }
  } else if ('jobs' in value) {
    for (const { steps } of Object.values(value.jobs as Record<string, { steps: Step[] }>))
      for (const step of steps) if (step.run !== undefined) await expectCommands(step.run);
  } else if ('services' in value) {
    for (const { command } of Object.values(value.services as Record<string, { command?: string[] }>))
      if (command !== undefined) await expectAccepted(command);
  } else {
    expect(Object.keys(homes)).toEqual(expect.arrayContaining(Object.keys(value)));
    await expectValid('source' in value && 'workflowConfig' in value ? value : completed(value));
  }
}

describe('what the documentation shows', () => {
  it('would not go through with an option, a key or a script that there is not', async () => {
    await expect(expectCommands('flowmeta ingest -c kestra.yaml --dry-rum')).rejects.toThrow("'--dry-rum'");
    await expect(expectCommands('docker run --rm flowmeta:1 ingest')).rejects.toThrow('--config');
    await expect(expectCommands(`npx -y ${packageManager} demos`)).rejects.toThrow('demos');
    await expect(expectYaml({ workflowConfig: { stat: {} } })).rejects.toThrow('stat');
  });

  it('is of a language that is looked into, or says why not', () => {
    const looked = ['yaml', 'json', 'mermaid', ...Object.keys(scripts)];
    const shown = new Set(fences.map(({ language }) => language));
    expect([...shown].filter((language) => !looked.includes(language) && !(language in unchecked))).toEqual([]);
    expect(Object.keys(unchecked).filter((language) => !shown.has(language) || looked.includes(language))).toEqual([]);
  });

  it('calls each of the programs that nothing here knows', () => {
    const called = fences
      .flatMap((fence) => scripts[fence.language]?.(fence.text) ?? [])
      .flatMap(commandsIn)
      .map(([program]) => basename(program!));
    expect(Object.keys(foreign).filter((program) => !called.includes(program))).toEqual([]);
  });

  it.each(named(({ language }) => language in scripts))('%s calls commands that there are', async (_where, fence) => {
    const found = scripts[fence.language]!(fence.text);
    expect(found.length).toBeGreaterThan(0);
    for (const script of found) await expectCommands(script);
  });

  it.each(named(({ language }) => language === 'mermaid'))('%s is a drawing', (_where, fence) => {
    expect(drawingOf(fence.text).edges.length).toBeGreaterThan(0);
  });

  it.each(named(({ language }) => language === 'json'))('%s is JSON', (_where, fence) => {
    JSON.parse(fence.text);
  });

  it.each(named(({ language }) => language === 'yaml'))('%s is valid', async (_where, fence) => {
    const documents = parseAllDocuments(fence.text);
    for (const document of documents) {
      expect(document.errors).toEqual([]);
      await expectYaml(document.toJS());
    }
  });

  it.each(kubernetesFiles)(
    '%s is of Kubernetes, and holds a config and a command line that are valid',
    async (file) => {
      for (const document of parseAllDocuments(text(file))) {
        expect(document.errors).toEqual([]);
        const object = document.toJS() as KubernetesObject;
        await expectYaml(object);
        for (const config of Object.values(object.data ?? {})) await expectYaml(parseAllDocuments(config)[0]!.toJS());
        const pod = (object.spec?.jobTemplate?.spec ?? object.spec)?.template?.spec;
        // What Kubernetes puts in the place of `$(NAME)` is a number here.
        for (const { args } of pod?.containers ?? [])
          await expectAccepted(args.map((arg) => arg.replace(/\$\(\w+\)/, '0')));
      }
    },
  );

  it('has the keys and types of Kubernetes where it is of Kubernetes', () => {
    const blocks = [
      ...named(({ language }) => language === 'yaml').map(([where, fence]) => [where, fence.text] as const),
      ...kubernetesFiles.map((file) => [file, text(file)] as const),
    ];
    const objects = blocks.flatMap(([name, yaml]) =>
      parseAllDocuments(yaml)
        .map((document) => document.toJS())
        .filter((value) => isMapping(value) && isOfKubernetes(value))
        .map((object: object) => ({ name, object })),
    );
    expect(objects.length).toBeGreaterThan(kubernetesFiles.length);
    const misspelt = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, dat: {} };
    const mistyped = { containers: [{ name: 'flowmeta', ports: [{ containerPort: '9464' }] }] };
    expect(
      kubernetesProblems([...objects, { name: 'misspelt', object: misspelt }, { name: 'mistyped', object: mistyped }]),
    ).toEqual([expect.stringMatching(/^misspelt: .*"dat"/), expect.stringMatching(/^mistyped: .*'number'/)]);
  });

  it('mounts in Kubernetes what the config of Kubernetes names', () => {
    const [config, ...others] = ['config', 'ingest', 'watch', 'sharded-job'].map((name) =>
      text(`deploy/kubernetes/${name}.yaml`),
    );
    for (const other of others)
      for (const [, folder] of config!.matchAll(/(?:passwordFile|jwtToken): (.*)\/\w+$/gm))
        expect(other).toContain(`mountPath: ${folder},`);
  });

  it('quotes messages that there are', () => {
    const headings = [...text('docs/connectors/kestra.md').matchAll(/^### `(.*)`$/gm)].map(([, message]) => message!);
    expect(headings.length).toBeGreaterThan(5);
    const parts = headings.flatMap((message) => message.split('…').map((part) => part.replace(/[": ]+$|^["]/g, '')));
    expect(parts.filter((part) => part !== '' && !sources.includes(part))).toEqual([]);
  });
});
