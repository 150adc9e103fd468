import { identifier } from './ast.js';
import type { Findings } from './context.js';
import { columnName } from './dialects.js';
import type { Flow, Output } from './relation.js';

/** The column names in a list of the tree. */
export const names = (list: readonly unknown[], findings: Findings): string[] =>
  list.flatMap((item) => {
    const name = identifier(item);
    return name ? [columnName(name, findings.rules)] : [];
  });

/** Outputs without the columns of these names. */
export function without(outputs: readonly Output[], hidden: readonly string[], findings: Findings): Output[] {
  if (hidden.length === 0) return [...outputs];
  const keys = new Set(hidden.map((name) => findings.key(name)));
  return outputs.flatMap((output): Output[] => {
    if (output.type === 'column')
      return output.name !== undefined && keys.has(findings.key(output.name)) ? [] : [output];
    return output.type === 'star' ? [{ ...output, except: [...output.except, ...hidden] }] : [output];
  });
}

/** One column. */
export function column(name: string | undefined, flow: Flow): Output {
  return { type: 'column', ...(name === undefined ? {} : { name }), flow };
}
