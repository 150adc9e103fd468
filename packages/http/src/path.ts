/**
 * Makes a path: each value is percent-encoded, so that it stays one segment.
 *
 * @example
 * path`/flows/${'company.team'}/${'a/b'}` // '/flows/company.team/a%2Fb'
 *
 * @throws TypeError for a value that is no segment (empty, `.` or `..`): it would name another resource.
 */
export function path(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  let result = parts[0]!;
  values.forEach((value, index) => {
    const text = String(value);
    if (text === '' || text === '.' || text === '..') throw new TypeError(`"${text}" is no segment of a path`);
    result += encodeURIComponent(text) + parts[index + 1]!;
  });
  return result;
}
