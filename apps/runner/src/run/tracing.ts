import type { RunReport, SourceRequest } from '@flowmeta/connector';
import type { Progress } from '@flowmeta/ingestion';
import type { Span, Tracer } from '@opentelemetry/api';
import { version } from '../version.js';
import { patternOf } from './request-counter.js';

type Api = typeof import('@opentelemetry/api');

/** How long the spans may take to leave at the end, ms. */
const flushPatience = 5_000;

export interface TracingOptions {
  runId: string;
  /** Name of the pipeline service. */
  service: string;
  connector: string;
  dryRun: boolean;
  /** Current time, ms. */
  now: () => number;
  /** Takes the secrets out of a text. */
  hide: (text: string) => string;
  /** For tests. */
  load?: () => Promise<Api>;
}

/** A run as spans: one for the run, below it one per phase, below these one per request. */
export interface Tracing {
  /** A request that is over. `server` is whom it went to. */
  request(server: string, request: SourceRequest): void;
  /** Goes on to a phase; the same one again changes nothing. */
  phase(phase: Progress['phase']): void;
  /** Ends every span and waits a moment for them to leave. `report` is absent where the run broke off. Never rejects. */
  end(report?: RunReport): Promise<void>;
}

/**
 * Nothing, where OpenTelemetry's API is not installed next to this command, or nobody takes its spans: it is the user who brings both, with
 * an SDK that is loaded by `NODE_OPTIONS`.
 */
export async function openTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const { load = () => import('@opentelemetry/api') } = options;
  let api: Api;
  try {
    api = await load();
  } catch {
    return undefined;
  }
  const { runId, service, connector, dryRun, now } = options;
  const tracer = api.trace.getTracer('flowmeta', version());
  const run = tracer.startSpan('flowmeta ingest', {
    startTime: now(),
    attributes: {
      'flowmeta.run_id': runId,
      'flowmeta.service': service,
      'flowmeta.connector': connector,
      'flowmeta.dry_run': dryRun,
    },
  });
  return run.isRecording() ? tracingOf(api, { tracer, run, options }) : undefined;
}

function tracingOf(
  api: Api,
  { tracer, run, options }: { tracer: Tracer; run: Span; options: TracingOptions },
): Tracing {
  const { now, hide } = options;
  const { SpanKind, SpanStatusCode, context, trace } = api;
  const below = (span: Span) => trace.setSpan(context.active(), span);
  let current: { name: Progress['phase']; span: Span } | undefined;

  return {
    request(server, { method, path, status, attempt, ms, willRetry }) {
      const endTime = now();
      // The pattern and no more: a path names flows, and a query may hold anything.
      const pattern = patternOf(path);
      const span = tracer.startSpan(
        `${method} ${pattern}`,
        {
          kind: SpanKind.CLIENT,
          startTime: endTime - ms,
          attributes: {
            'flowmeta.server': server,
            'http.request.method': method,
            'url.template': pattern,
            ...(status === undefined ? {} : { 'http.response.status_code': status }),
            ...(attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {}),
            ...(willRetry ? { 'flowmeta.will_retry': true } : {}),
          },
        },
        below(current?.span ?? run),
      );
      // 404 is how a server says that something is not there yet.
      if (status === undefined || (status >= 400 && status !== 404)) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(endTime);
    },
    phase(name) {
      if (name === current?.name) return;
      const at = now();
      current?.span.end(at);
      current = name === 'done' ? undefined : { name, span: tracer.startSpan(name, { startTime: at }, below(run)) };
    },
    async end(report) {
      const at = now();
      current?.span.end(at);
      if (report) run.setAttributes(attributesOf(report));
      const message = report === undefined ? 'it broke off' : (report.error?.message ?? report.outcome);
      if (report?.outcome !== 'done' && report?.outcome !== 'partial') {
        run.setStatus({ code: SpanStatusCode.ERROR, message: hide(message) });
      }
      run.end(at);
      await flush(api);
    },
  };
}

function attributesOf({ outcome, totals, requests }: RunReport): Record<string, string | number> {
  const counted = (['pipelines', 'runs', 'edges'] as const).flatMap((entity) =>
    (['read', 'created', 'updated', 'unchanged', 'skipped', 'failed'] as const).map(
      (state) => [`flowmeta.${entity}.${state}`, totals[entity][state]] as const,
    ),
  );
  return {
    'flowmeta.outcome': outcome,
    ...Object.fromEntries(counted),
    'flowmeta.requests.source': requests.source.total,
    'flowmeta.requests.target': requests.target.total,
  };
}

/** An SDK sends spans in batches, and the process is about to end. */
async function flush({ trace }: Api): Promise<void> {
  type Provider = { getDelegate?: () => Provider; forceFlush?: () => Promise<void> };
  const registered = trace.getTracerProvider() as Provider;
  const provider = registered.getDelegate?.() ?? registered;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, flushPatience);
  });
  // What becomes of the spans is their SDK's affair, which says so in its own log.
  await Promise.race([Promise.resolve(provider.forceFlush?.()).catch(() => undefined), patience]);
  clearTimeout(timer);
}
