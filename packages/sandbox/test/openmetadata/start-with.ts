import { afterEach } from 'vitest';
import { startOpenMetadataSandbox } from '../../src/openmetadata/server.js';
import type { OpenMetadataSandbox } from '../../src/types.js';

export type Json = Record<string, unknown>;

interface Answer {
  status: number;
  change: string | null;
  body: Json;
}

const running: OpenMetadataSandbox[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A sandbox with a service `kestra` that lives as long as the test, and a way to ask it as the bot or as somebody else. */
export async function startWith(version: string) {
  const started = await startOpenMetadataSandbox({ version });
  running.push(started);
  const ask = async (method: string, path: string, body?: unknown, as = ''): Promise<Answer> => {
    const response = await fetch(`${started.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${started.token}${as}`,
        'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      change: response.headers.get('x-openmetadata-change'),
      body: text.startsWith('{') ? (JSON.parse(text) as Json) : { text },
    };
  };
  const connection = { config: { type: 'CustomPipeline' } };
  await ask('PUT', 'services/pipelineServices', { name: 'kestra', serviceType: 'CustomPipeline', connection });
  const put = (name: string, more: Json = {}, as = '') =>
    ask('PUT', 'pipelines', { name, service: 'kestra', ...more }, as);
  const get = (name: string) => ask('GET', `pipelines/name/${encodeURIComponent(name)}?fields=tasks,tags`);
  return { sandbox: started, ask, put, get };
}
