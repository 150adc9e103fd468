import type { AirflowSandboxOptions } from '../types.js';
import { AirflowRefusal, detail, problem } from './answers.js';

export interface Gate {
  /** Throws what the server answers to somebody who may not come in. */
  check(authorization: string | undefined): void;
  /** 3.x: the token for a user, as `POST /auth/token` gives it. */
  tokenFor(body: unknown): string;
}

/** Who may pass. Of an Airflow 3, a bearer token that is wrong is 403 and none at all 401. */
export function createGate(auth: AirflowSandboxOptions['auth'], three: boolean): Gate {
  const tokens = new Set<string>();
  return {
    check(authorization) {
      if (!auth) return;
      const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? [];
      if (three) {
        if (scheme.toLowerCase() !== 'bearer') throw detail(401, 'Not authenticated');
        if (!tokens.has(value)) throw detail(403, 'Invalid JWT token');
        return;
      }
      const expected = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
      if (scheme.toLowerCase() === 'basic' && value === expected) return;
      throw new AirflowRefusal(401, problem(401, null).answer.json, {
        'content-type': 'application/problem+json',
        'www-authenticate': 'Basic',
      });
    },
    tokenFor(body) {
      const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
      for (const name of ['username', 'password'])
        if (typeof given[name] !== 'string')
          throw detail(422, `1 validation error for LoginBody\n${name}\n  Field required [type=missing]`);
      if (auth && (given.username !== auth.username || given.password !== auth.password))
        throw detail(401, 'Invalid credentials');
      const token = `sandbox-token-${tokens.size + 1}`;
      tokens.add(token);
      return token;
    },
  };
}
