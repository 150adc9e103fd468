import type { RunReport } from '@flowmeta/connector';
import type { SandboxRequest } from '@flowmeta/sandbox';

/**
 * Writes whose body OpenMetadata's own schemas refuse (400), or that break the server (500), of which the report says nothing: it calls
 * the run done.
 */
export function refusedInSilence(requests: readonly SandboxRequest[], { outcome }: RunReport): string[] {
  if (outcome !== 'done') return [];
  return requests
    .filter(({ method, status }) => method !== 'GET' && (status === 400 || status >= 500))
    .map(
      ({ method, path, status, body }) =>
        `done, but ${method} ${path} is ${status}: ${JSON.stringify(body)?.slice(0, 300)}`,
    );
}
