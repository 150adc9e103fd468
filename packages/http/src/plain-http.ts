import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { Cancellation } from './cancellation.js';

/** What servers say to an http request on their https port: nginx, Go, Apache, Tomcat. */
const refusal =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled|combination of host and port requires TLS/i;

export const speaksHttpsOnly = 'this port speaks https, not http';

/** Whether an answer of status 400 means that the port speaks https. */
export const refusesPlainHttp = (text: string): boolean => refusal.test(text);

/** Whether a connection that ended without an answer may be that of a port that speaks https: most just hang up. */
export function mayBeTlsPort(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || (typeof code === 'string' && code.startsWith('HPE_'));
}

/** Asks with a handshake, which carries nothing of ours, whether a port speaks TLS. Never rejects. */
export function speaksTls(
  url: URL,
  { timeoutMs, cancellation }: { timeoutMs: number; cancellation: Cancellation },
): Promise<boolean> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      // Some servers refuse a handshake without the name.
      ...(isIP(host) === 0 && { servername: host }),
      port: Number(url.port || 80),
      // Nothing is sent and nothing believed: which certificate it has is another question.
      rejectUnauthorized: false,
    });
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      cancellation.listen(undefined);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    cancellation.listen(() => end(false));
    socket.once('secureConnect', () => end(true));
    socket.on('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
