import { type ConnectorDefinition, specVersion, VerdictError } from '@flowmeta/connector';

/** A connector's definition, and how it is reached from the module that exports it. */
export interface FoundDefinition {
  definition: ConnectorDefinition;
  /** Keys to follow from the module, e.g. `['default']`. */
  exported: string[];
}

/**
 * The definition that a module exports: as default, as `connector`, or as the only export that is one. Known by its shape, since it
 * was made by the package's own copy of `defineConnector`.
 *
 * @throws VerdictError where there is none, there are several, or its interface is of another version
 */
export function definitionIn(module: object, packageName: string): FoundDefinition {
  const found = candidatesIn(module).find(({ definition }) => definition !== undefined);
  if (!found?.definition) {
    throw new VerdictError(`the package ${packageName} exports no connector`, {
      verdict: 'fatal',
      hint: 'It has to export what defineConnector answers, as default or as "connector".',
    });
  }
  const { definition, exported } = found;
  checkVersion(definition, packageName);
  if (typeof definition.name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(definition.name)) {
    throw incomplete(packageName, 'its name must be lower case letters, digits and dashes');
  }
  // A schema of zod 3 has `parse` as well, and can neither be put into the config's own nor be described.
  if (!('_zod' in Object(definition.configSchema))) {
    throw incomplete(packageName, 'its configSchema must be a schema of zod 4');
  }
  return { definition, exported };
}

function candidatesIn(module: object): { definition: ConnectorDefinition | undefined; exported: string[] }[] {
  const exports = module as Record<string, unknown>;
  const inDefault = Object(exports.default) as Record<string, unknown>;
  const others = Object.keys(exports).filter((key) => isDefinition(exports[key]));
  const places = [
    ['default'],
    ['connector'],
    ['default', 'connector'],
    ['default', 'default'],
    ...(others.length === 1 ? [others] : []),
  ];
  return places.map((exported) => {
    const [first, second] = exported;
    const value = second === undefined ? exports[first!] : inDefault[second];
    return { definition: isDefinition(value) ? value : undefined, exported };
  });
}

function isDefinition(value: unknown): value is ConnectorDefinition {
  const { specVersion: version, configSchema, open } = Object(value) as Partial<ConnectorDefinition>;
  return typeof version === 'number' && typeof configSchema === 'object' && typeof open === 'function';
}

/** Says whether a connector of this interface version can run here, and what to do if not. */
export function checkVersion(definition: { specVersion: number }, packageName: string): void {
  const built = definition.specVersion;
  if (built === specVersion) return;
  throw new VerdictError(
    `the connector of ${packageName} was built for version ${built} of the connector interface, this is version ${specVersion}`,
    {
      verdict: 'fatal',
      hint:
        built > specVersion
          ? `Update flowmeta, or install an older version of ${packageName}.`
          : `Install a newer version of ${packageName}: \`flowmeta connectors outdated\` says whether there is one.`,
    },
  );
}

function incomplete(packageName: string, why: string): VerdictError {
  return new VerdictError(`the connector of ${packageName} can not be used: ${why}`, {
    verdict: 'fatal',
    hint: 'Tell the authors of the package.',
  });
}
