import { VerdictError } from '@flowmeta/connector';

function invalid(text: string, reason: string): VerdictError {
  return new VerdictError(`Not a fully qualified name of OpenMetadata: ${text.slice(0, 200)} (${reason})`, {
    verdict: 'skip',
  });
}

/**
 * One part of a fully qualified name, as OpenMetadata writes it: in quotes if it holds a dot (OM facts 9, 10). A name in
 * outer quotes keeps them only for a dot. A quote elsewhere, or an empty name, is an error with the verdict `skip`.
 */
export function quoteName(name: string): string {
  const bare = /^"[^"]+"$/.test(name) ? name.slice(1, -1) : name;
  if (bare === '') throw invalid(name, 'an empty name');
  if (bare.includes('"')) throw invalid(name, 'a quote inside a name');
  return bare.includes('.') ? `"${bare}"` : bare;
}

/** The fully qualified name of the names of its parts, e.g. `kestra."company.team.daily"`. */
export function buildFqn(parts: readonly string[]): string {
  if (parts.length === 0) throw invalid('', 'no parts');
  return parts.map(quoteName).join('.');
}

const partAtStart = /^(?:"([^"]+)"|([^".]+))(?=\.|$)/s;

/**
 * The names of a fully qualified name's parts, without quotes: the inverse of `buildFqn`. A text that is none is an error
 * with the verdict `skip`.
 */
export function splitFqn(fqn: string): string[] {
  const parts: string[] = [];
  let rest = fqn;
  for (;;) {
    const match = partAtStart.exec(rest);
    if (match === null) throw invalid(fqn, 'an empty part or a stray quote');
    parts.push((match[1] ?? match[2])!);
    if (match[0].length === rest.length) return parts;
    rest = rest.slice(match[0].length + 1);
  }
}
