/**
 * A property's value as it was meant: Kestra 0.19 and newer return lists and maps of dynamic properties as JSON in a
 * string. What is no such string, also a template such as `{{ inputs.x }}`, comes back as it is.
 */
export function decodeProperty(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
