import type { Node } from './ast.js';
import { isNode } from './ast.js';

/** The part of the parser that is used here. */
export interface Parser {
  /** The tree of one query; undefined where it is not understood, has too many tokens or makes the parser fail. */
  parse(sql: string, dialect: string): Node | undefined;
}

let loading: Promise<Parser> | undefined;

/** The parser; its WebAssembly is loaded at the first call. */
export function loadParser(): Promise<Parser> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Parser> {
  // Its Node entry replaces the global `fetch` to read its own file, and leaves that in place.
  const host = globalThis as { fetch?: unknown };
  const { fetch } = host;
  const sdk = await import('@polyglot-sql/sdk').finally(() => {
    host.fetch = fetch;
  });
  await sdk.init();
  const parse = sdk.parse as (sql: string, dialect: string) => { success: boolean; ast?: unknown };
  return {
    parse(sql, dialect) {
      try {
        const { success, ast } = parse(sql, dialect);
        const [tree, ...others] = success && Array.isArray(ast) ? (ast as unknown[]) : [];
        return isNode(tree) && others.length === 0 ? tree : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
