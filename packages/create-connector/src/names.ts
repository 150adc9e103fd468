/** The name of a connector, in the forms that its code needs. */
export interface ConnectorNames {
  /** e.g. `nimbus-flow`: the `source.type` of the config. */
  kebab: string;
  /** e.g. `nimbusFlow`. */
  camel: string;
  /** e.g. `NimbusFlow`. */
  pascal: string;
}

const longest = 40;

/** @throws Error when it can't be the name of a connector; the message says what can. */
export function namesOf(name: string): ConnectorNames {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > longest) {
    throw new Error(
      `"${name}" can't be the name of a connector: small letters, digits and single dashes, a letter first, ${longest} at most, e.g. nimbus-flow`,
    );
  }
  const pascal = name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  return { kebab: name, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1), pascal };
}

/** A text of the template, which is about Acme, for the connector of that name. */
export function renamed(text: string, { kebab, camel, pascal }: ConnectorNames): string {
  return text
    .replaceAll('ACME_', `${kebab.replaceAll('-', '_').toUpperCase()}_`)
    .replaceAll('Acme', pascal)
    .replaceAll(/acme(?=[A-Z])/g, camel)
    .replaceAll('acme', kebab);
}
