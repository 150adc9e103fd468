/** Kinds of errors, of all clients, that mean: no server to talk to, none that is understood, or no admission. */
const kinds = new Set([
  'network',
  'timeout',
  'deadline',
  'tls',
  'https-redirect',
  'redirect',
  'not-json',
  'sign-in',
  'forbidden',
  'unreachable',
  'outage',
  'server',
  'not-openmetadata',
  'unsupported',
  'not-kestra',
  'not-airflow',
  'setup',
  'tenant',
  'context-path',
]);

/** Whether an error says that a server knows who asks, or wants to, and does not let them. */
export function isDenied(error: unknown): boolean {
  const { kind, status } = (error ?? {}) as { kind?: unknown; status?: unknown };
  return kind === 'sign-in' || kind === 'permission' || kind === 'forbidden' || status === 401 || status === 403;
}

/** Whether an error says that a server could not be reached, is too old or refused the sign-in: exit code 3. */
export function isUnreachable(error: unknown): boolean {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = (cause as { cause?: unknown }).cause) {
    const { kind, status } = cause as { kind?: unknown; status?: unknown };
    if (typeof kind === 'string' && kinds.has(kind)) return true;
    if (status === 401 || status === 403 || (typeof status === 'number' && status >= 500)) return true;
  }
  return false;
}
