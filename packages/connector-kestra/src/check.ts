import { type CheckStep, hintOf } from '@flowmeta/connector';
import { isKestraError, type KestraClient, type KestraFlow, type KestraServer } from '@flowmeta/kestra-client';
import { pipelineName } from './pipeline-name.js';

const day = 24 * 3_600_000;

export interface CheckContext {
  client: KestraClient;
  /** Whether the config holds credentials. */
  hasCredentials: boolean;
  /** Current time, ms. */
  now: number;
  signal: AbortSignal;
}

const stepNames = ['reach', 'version', 'sign in', 'list flows', 'graph', 'executions'] as const;
type StepName = (typeof stepNames)[number];

/** Tries what a read needs, in the order in which a read needs it. After a failed step the rest is skipped. */
export async function* checkSteps({ client, hasCredentials, now, signal }: CheckContext): AsyncGenerator<CheckStep> {
  let server: KestraServer;
  try {
    server = await client.server({ signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isRefusal(error)) {
      yield { name: 'reach', status: 'passed', message: 'Kestra answers.' };
      yield failed('sign in', error, signInHint(hasCredentials));
      yield* skippedAfter('sign in', ['version']);
      return;
    }
    yield failed('reach', error, 'Check `hostPort`, and that Kestra can be reached from here.');
    yield* skippedAfter('reach');
    return;
  }
  yield { name: 'reach', status: 'passed', message: `Kestra answers; its UI is at ${server.uiUrl}.` };
  yield versionStep(server);

  let flow: KestraFlow | undefined;
  try {
    flow = await first(client.flows({ pageSize: 1, signal }));
  } catch (error) {
    signal.throwIfAborted();
    const step = isRefusal(error) ? 'sign in' : 'list flows';
    if (step === 'list flows')
      yield { name: 'sign in', status: 'passed', message: 'Kestra did not refuse the request.' };
    const hint =
      step === 'sign in' ? signInHint(hasCredentials) : 'Check `tenantId`, and that this user may read flows.';
    yield failed(step, error, hint);
    yield* skippedAfter(step);
    return;
  }
  yield {
    name: 'sign in',
    status: 'passed',
    message: hasCredentials ? 'The credentials are good.' : 'Kestra asks for none.',
  };
  if (flow === undefined) {
    yield { name: 'list flows', status: 'warning', message: 'There is no flow, or none that this user may see.' };
    yield { name: 'graph', status: 'skipped', message: 'It needs a flow.' };
  } else {
    yield {
      name: 'list flows',
      status: 'passed',
      message: `The first flow is ${pipelineName(flow.namespace, flow.id)}.`,
    };
    yield await graphStep(client, flow, signal);
  }
  yield await executionsStep(client, { since: now - day, until: now, signal });
}

function versionStep({ version, edition, tenant, dialect, warnings }: KestraServer): CheckStep {
  const name = ['Kestra', version, edition].filter(Boolean).join(' ');
  const parts = [name, tenant === undefined ? 'no tenants' : `tenant ${tenant}`, `API as of ${dialect.from}`];
  const doubts = [...warnings];
  if (!dialect.verified) doubts.push('no recording of a real server backs what is assumed of this version');
  const status = doubts.length > 0 ? 'warning' : 'passed';
  return { name: 'version', status, message: [parts.join(', '), ...doubts].join('; ') };
}

async function graphStep(client: KestraClient, flow: KestraFlow, signal: AbortSignal): Promise<CheckStep> {
  const name = 'graph';
  try {
    const answer = await client.flowGraph(flow.namespace, flow.id, { signal });
    if (answer.ok) return { name, status: 'passed', message: `It has ${answer.graph.nodes.length} nodes.` };
    const message = `Status ${answer.status}: ${answer.message} Graphs are then computed from the definition.`;
    return { name, status: 'warning', message };
  } catch (error) {
    signal.throwIfAborted();
    return failed(name, error, 'Check that this user may read flows.');
  }
}

async function executionsStep(
  client: KestraClient,
  search: { since: number; until: number; signal: AbortSignal },
): Promise<CheckStep> {
  try {
    const execution = await first(client.executions({ ...search, pageSize: 1 }));
    const message =
      execution === undefined ? 'None in the last day.' : `The newest of the last day is ${execution.id}.`;
    return { name: 'executions', status: 'passed', message };
  } catch (error) {
    search.signal.throwIfAborted();
    return failed('executions', error, 'Check that this user may read executions.');
  }
}

function failed(name: StepName, error: unknown, fallback: string): CheckStep {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error);
  return { name, status: 'failed', message, hint: hintOf(error) ?? fallback };
}

function* skippedAfter(name: StepName, besides: StepName[] = []): Generator<CheckStep> {
  const rest = [...besides, ...stepNames.slice(stepNames.indexOf(name) + 1)];
  for (const step of rest) yield { name: step, status: 'skipped', message: `It needs the step before: ${name}.` };
}

/** Kestra answers, but not to us. */
const isRefusal = (error: unknown): boolean =>
  isKestraError(error) && (error.kind === 'sign-in' || error.kind === 'setup' || error.kind === 'permission');

const signInHint = (hasCredentials: boolean): string =>
  hasCredentials ? 'Check `username` and `password`, or `token`.' : 'Add `username` and `password`, or `token`.';

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
