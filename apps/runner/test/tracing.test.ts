import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTracing } from '../src/run/tracing.js';
import { password, startDemoServers } from './demo-servers.js';

let servers: Awaited<ReturnType<typeof startDemoServers>>;
let exporter: InMemorySpanExporter;

beforeEach(async () => {
  servers = await startDemoServers();
  exporter = new InMemorySpanExporter();
  // Never by itself within a test: what is there was flushed.
  const processor = new BatchSpanProcessor(exporter, { scheduledDelayMillis: 600_000, maxQueueSize: 100_000 });
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
});
afterEach(async () => {
  trace.disable();
  await servers.close();
});

function spansOf() {
  const spans = exporter.getFinishedSpans();
  const childrenOf = (parent: ReadableSpan) =>
    spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent.spanContext().spanId);
  const roots = spans.filter(({ parentSpanContext }) => parentSpanContext === undefined);
  return { spans, roots, childrenOf };
}

const msOf = ([seconds, nanos]: ReadableSpan['startTime']) => seconds * 1000 + nanos / 1e6;

describe('a run under OpenTelemetry', () => {
  it('is a span with its phases and every request below it', async () => {
    const { exitCode } = await servers.ingest();
    expect(exitCode).toBe(0);
    const { spans, roots, childrenOf } = spansOf();
    const [run, ...others] = roots;
    expect(others).toEqual([]);
    expect(run).toMatchObject({ name: 'flowmeta ingest', status: { code: SpanStatusCode.UNSET } });
    expect(run?.attributes).toMatchObject({
      'flowmeta.service': 'kestra_prod',
      'flowmeta.connector': 'kestra',
      'flowmeta.dry_run': false,
      'flowmeta.outcome': 'done',
      'flowmeta.pipelines.created': servers.dataset.flows.length,
    });
    const phases = childrenOf(run!).filter(({ kind }) => kind === SpanKind.INTERNAL);
    expect(phases.map(({ name }) => name)).toEqual(['opening', 'pipelines', 'runs', 'lineage']);
    const requests = spans.filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(requests).toHaveLength(servers.kestra.requests.length + servers.openMetadata.requests.length);
    const writes = childrenOf(phases[1]!).filter(({ name }) => name === 'PUT /pipelines');
    expect(writes.length).toBeGreaterThan(0);
    expect(writes[0]?.attributes).toMatchObject({
      'flowmeta.server': 'OpenMetadata',
      'http.request.method': 'PUT',
      'http.response.status_code': 201,
    });
    for (const { startTime, endTime } of spans) expect(msOf(endTime)).toBeGreaterThanOrEqual(msOf(startTime));
  });

  it('tells neither names nor secrets in its requests, and which of them failed', async () => {
    const effect = { kind: 'status', status: 503, headers: { 'retry-after': '0' } } as const;
    servers.openMetadata.setFaults([{ path: /system\/version/, times: 1, effect }]);
    await servers.ingest();
    const { spans } = spansOf();
    const requests = spans.filter(({ kind }) => kind === SpanKind.CLIENT);
    const text = JSON.stringify(spans.map(({ name, attributes, status }) => [name, attributes, status]));
    for (const secret of [password, servers.openMetadata.token, 'company.team', '?'])
      expect(text).not.toContain(secret);
    const failed = requests.filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ name, attributes }) => [name, attributes['flowmeta.will_retry']])).toEqual([
      ['GET /system/version', true],
    ]);
    const again = requests.find(({ attributes }) => attributes['http.request.resend_count'] === 1);
    expect(again?.name).toBe('GET /system/version');
  });

  it('ends as an error with its reason when the run fails', async () => {
    servers.kestra.setFaults([{ effect: { kind: 'status', status: 401 } }]);
    await servers.ingest();
    const { roots } = spansOf();
    expect(roots).toHaveLength(1);
    expect(roots[0]?.status).toMatchObject({
      code: SpanStatusCode.ERROR,
      message: expect.stringContaining('refuses the credentials'),
    });
    expect(roots[0]?.attributes['flowmeta.outcome']).toBe('failed');
  });
});

describe('openTracing', () => {
  const options = { runId: 'r', service: 's', connector: 'kestra', dryRun: false, now: () => 0, hide: String };

  it('is nothing where the API is not installed', async () => {
    const load = () => Promise.reject(Object.assign(new Error('no such module'), { code: 'ERR_MODULE_NOT_FOUND' }));
    expect(await openTracing({ ...options, load })).toBeUndefined();
  });

  it('is nothing where nobody takes the spans', async () => {
    trace.disable();
    expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined();
    expect(await openTracing(options)).toBeUndefined();
  });
});
