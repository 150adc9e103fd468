import { isDeepStrictEqual } from 'node:util';
import { type Exchange, groupOf } from '@flowmeta/recordings';

export interface Replayed {
  status: number;
  headers: Record<string, string>;
  text: string;
}

type Json = Record<string, unknown>;

/** Everything that a search finds in the stand-in, and what the recording's moment lets us compare. */
export interface SearchContext {
  /** The results of the same request with one page of everything. */
  everything: Json[];
  /** Its total, which may count more than it shows. */
  total: number;
  /** Ids of the dataset. */
  known: ReadonlySet<string>;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `Illegal argument` of `Illegal argument: Size cannot be 0`: the rest names classes, SQL and columns. */
const kindOfMessage = (body: Json): string => String(body.message).split(':')[0] ?? '';

const isError = (body: unknown): body is Json => isObject(body) && '_links' in body && 'message' in body;

const randomPart = /(^|\.)(root-|end-|finally-|after-execution-)?[0-9A-Za-z]{19,22}$/;

/** The same graph whatever its random uids, the order of its parts and the state of its triggers. */
function normalGraph(body: unknown): unknown {
  const graph = body as { nodes: Json[]; edges: Json[]; clusters?: Json[] };
  const names = new Map<unknown, string>();
  for (const { uid, type } of graph.nodes)
    if (/Cluster/.test(String(type)))
      names.set(uid, String(uid).replace(randomPart, `$1$2#${String(type).split('.').at(-1)}`));
  const name = (uid: unknown): unknown => names.get(uid) ?? uid;
  const byText = (list: unknown[]): string[] => list.map((item) => JSON.stringify(item)).sort();
  return {
    nodes: byText(graph.nodes.map(({ trigger: _, ...node }) => ({ ...node, uid: name(node.uid) }))),
    edges: byText(graph.edges.map((edge) => ({ ...edge, source: name(edge.source), target: name(edge.target) }))),
    clusters: byText(
      (graph.clusters ?? []).map(({ cluster, nodes, parents, start, end }) => ({
        cluster: { ...(cluster as Json), finally: undefined },
        nodes: (nodes as unknown[]).map(name).sort(),
        parents,
        start: name(start),
        end: name(end),
      })),
    ),
  };
}

const textOf = (item: unknown): string => JSON.stringify(item);

/** Lists of named things come in any order; repeated nodes of a topology count once where the answer is put together. */
function normal(path: string, body: unknown): unknown {
  if (path.endsWith('/graph')) return normalGraph(body);
  if (path.endsWith('/dependencies')) {
    const { nodes = [], edges = [] } = body as { nodes?: Json[]; edges?: Json[] };
    return { nodes: [...new Set(nodes.map(textOf))].sort(), edges: [...new Set(edges.map(textOf))].sort() };
  }
  return Array.isArray(body) ? body.map(textOf).sort() : body;
}

/** Of a Kestra execution or flow: its id within the whole server. */
export const keyOf = (item: Json): string => {
  const context = (item.triggerContext ?? item.state) as Json | undefined;
  return 'flowId' in item || !context?.triggerId
    ? `${item.namespace}/${item.flowId ?? ''}/${item.id}`
    : `${context.namespace}/${context.flowId}/${context.triggerId}`;
};

const startOf = (item: Json): number => Date.parse(String((item.state as Json | undefined)?.startDate ?? ''));

function compareSearch(exchange: Exchange, answer: Json, context: SearchContext): string | undefined {
  const recorded = exchange.response.body as { results: Json[]; total: number };
  const replayed = answer as { results: Json[]; total: number };
  const { everything, total, known } = context;
  const at = Date.parse(exchange.at ?? '');
  // An execution that started after the recording could not be in it.
  const then = total - everything.filter((item) => startOf(item) > at).length;
  const foundKeys = new Set(everything.map(keyOf));
  const wrong = recorded.results.find((item) => known.has(keyOf(item)) && !foundKeys.has(keyOf(item)));
  if (wrong) return `does not find ${keyOf(wrong)}`;
  if ((recorded.total === 0) !== (replayed.total === 0)) return `total ${replayed.total}, not ${recorded.total}`;
  const gone = recorded.results.filter((item) => !known.has(keyOf(item))).length;
  if (gone === 0 && recorded.total > 0 && then !== recorded.total)
    return `${then} found as of then, not ${recorded.total}`;
  if (recorded.total === replayed.total && recorded.results.length !== replayed.results.length)
    return `a page of ${replayed.results.length}, not ${recorded.results.length}`;
  const sorted = /(^|&)sort=/.test(exchange.request.query) && recorded.total === replayed.total;
  const order = (items: Json[]): string => items.map(keyOf).join();
  const unique = /sort=(namespace(:|%3A)asc&sort=id|state\.startDate)/.test(exchange.request.query);
  if (sorted && unique && order(recorded.results) !== order(replayed.results)) return 'another order';
  const byKey = new Map(everything.map((item) => [keyOf(item), item]));
  for (const item of recorded.results) {
    const twin = byKey.get(keyOf(item));
    // A changed state may add or drop fields; what did not change has the same ones.
    const unchanged = twin && isDeepStrictEqual((twin.state as Json)?.histories, (item.state as Json)?.histories);
    if (unchanged && !isDeepStrictEqual(Object.keys(item).sort(), Object.keys(twin).sort()))
      return `other fields in ${keyOf(item)}`;
  }
  return undefined;
}

const shapeOf = (value: unknown): string =>
  Array.isArray(value) ? 'list' : isObject(value) ? Object.keys(value).sort().join() : typeof value;

/** Groups whose answers belong to the very moment of the dataset; elsewhere executions, triggers and outputs may have moved on. */
const ofTheMoment = (group: string): boolean => /^fill-(snap|np|latest)/.test(group);

const movesOn = /\/(executions|triggers|outputs|configs|stats)(\/|$)/;

/** Why the stand-in's answer is not the recorded one; nothing where they agree. */
export function difference(
  exchange: Exchange,
  replayed: Replayed,
  search: SearchContext | undefined,
): string | undefined {
  const { request, response } = exchange;
  if (replayed.status !== response.status) return `status ${replayed.status}, not ${response.status}`;
  const type = (headers: Record<string, string>): string => (headers['content-type'] ?? '').split(';')[0] ?? '';
  if (response.status !== 307 && type(replayed.headers) !== type(response.headers))
    return `content type ${type(replayed.headers)}, not ${type(response.headers)}`;
  if (response.status === 401 && replayed.text !== '') return 'a body with 401';
  const { body } = response;
  if (body === undefined) return undefined;
  const answer = parse(replayed.text);
  if (isError(body) || isError(answer)) {
    if (!isError(answer) || !isError(body) || shapeOf(answer) !== shapeOf(body)) return 'another error shape';
    return kindOfMessage(answer) === kindOfMessage(body)
      ? undefined
      : `error ${kindOfMessage(answer)}, not ${kindOfMessage(body)}`;
  }
  if (isObject(body) && Array.isArray(body.results)) {
    if (!isObject(answer) || !Array.isArray(answer.results)) return 'no page';
    return search ? compareSearch(exchange, answer, search) : undefined;
  }
  const exact = ofTheMoment(groupOf(exchange)) || !movesOn.test(request.path);
  if (exact)
    return isDeepStrictEqual(normal(request.path, answer), normal(request.path, body)) ? undefined : 'another body';
  if (Array.isArray(body)) return Array.isArray(answer) ? undefined : 'no list';
  const state = (value: unknown): unknown => (isObject(value) ? (value.state as Json)?.histories : undefined);
  if (isObject(answer) && isDeepStrictEqual(state(answer), state(body)) && shapeOf(answer) !== shapeOf(body))
    return `fields ${shapeOf(answer)}, not ${shapeOf(body)}`;
  return undefined;
}
