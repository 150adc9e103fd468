import type { ServerAnswer } from '../http-server.js';
import type { KestraSandboxOptions } from '../types.js';
import { KestraRefusal } from './answers.js';
import type { KestraDialect } from './dialect.js';

export interface Gate {
  /** The 401 answer, or nothing where the request may pass. Throws what the server answers to a header it cannot read. */
  check(request: { path: string; authorization: string | undefined }): ServerAnswer | undefined;
}

/** Who may pass. `path` is as sent, with the context path. */
export function createGate(
  options: Pick<KestraSandboxOptions, 'auth'>,
  server: { dialect: KestraDialect; contextPath: string; initialized: boolean },
): Gate {
  const { auth } = options;
  const { dialect, contextPath, initialized } = server;
  const challenge = dialect.authScope === 'everything' ? 'Basic realm=kestra' : 'Basic';
  const unauthorized: ServerAnswer = { status: 401, headers: { 'www-authenticate': challenge } };

  const isOpen = (path: string): boolean => {
    if (path === `${contextPath}/ping`) return true;
    if (dialect.authScope === 'api' && !path.startsWith(`${contextPath}/api/v1/`)) return true;
    if (dialect.openConfigs === 'suffix') return path.endsWith('/configs');
    // 2.0 compares the whole path, so that a context path closes it.
    return dialect.openConfigs === 'exact' && path === '/api/v1/configs';
  };

  const accepts = (header: string | undefined): boolean => {
    if (!auth || header === undefined) return false;
    if (auth.kind === 'bearer') return header === `Bearer ${auth.token}`;
    const [scheme, encoded] = header.split(/ +/);
    if (scheme !== 'Basic') return false;
    if (!encoded) throw new KestraRefusal(500, 'Internal server error: Range [6, 5) out of bounds for length 5');
    const bad = encoded.search(/[^A-Za-z0-9+/=]/);
    if (bad >= 0 && dialect.brokenBase64Status === 422)
      throw new KestraRefusal(
        422,
        `Illegal argument: Illegal base64 character ${encoded.charCodeAt(bad).toString(16)}`,
      );
    return Buffer.from(encoded, 'base64').toString('utf8') === `${auth.username}:${auth.password}`;
  };

  return {
    check({ path, authorization }) {
      if (isOpen(path)) return undefined;
      if (!initialized) return unauthorized;
      return !auth || accepts(authorization) ? undefined : unauthorized;
    },
  };
}
