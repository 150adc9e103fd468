import type { HttpErrorKind, HttpVerdict } from './types.js';

/** No server there: waiting longer than the retries do won't help, and each further request would wait as long. */
const unreachable = new Map([
  ['ECONNREFUSED', 'Nothing listens at this address: check host and port, and that the server runs.'],
  ['ENOTFOUND', 'This host name is unknown: check its spelling and the DNS.'],
  ['EAI_AGAIN', 'The host name could not be looked up: check the DNS.'],
  ['EHOSTUNREACH', 'The host can’t be reached: check the network, a VPN or a proxy.'],
  ['ENETUNREACH', 'The network can’t be reached: check the network, a VPN or a proxy.'],
  ['UND_ERR_CONNECT_TIMEOUT', 'The host does not answer: check the address, the firewall or a proxy.'],
  ['UND_ERR_SOCKET_CONNECT', 'The host does not answer: check the address, the firewall or a proxy.'],
]);

const wrongName = new Set(['ERR_TLS_CERT_ALTNAME_INVALID']);
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);

export interface NetworkFailure {
  kind: HttpErrorKind;
  verdict: HttpVerdict;
  message: string;
  hint?: string;
  /** False where another try can't help. */
  passing: boolean;
}

/** Says what an error of the socket, of TLS or of a proxy means. */
export function describeNetworkFailure(error: unknown): NetworkFailure {
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== '' ? error.message : code;
  const tlsHint = tlsHintOf(code);
  if (tlsHint !== undefined) return { kind: 'tls', verdict: 'fatal', message, hint: tlsHint, passing: false };
  if (/Proxy response|Proxy Authentication/.test(message)) {
    const hint = 'The proxy refused: check its address and credentials, or list the host in NO_PROXY.';
    return { kind: 'network', verdict: 'fatal', message, hint, passing: false };
  }
  const hint = unreachable.get(code);
  if (hint !== undefined) return { kind: 'network', verdict: 'fatal', message, hint, passing: true };
  return { kind: 'network', verdict: 'retry', message, passing: true };
}

function codeOf(error: unknown): string {
  for (let inner = error; typeof inner === 'object' && inner !== null; inner = (inner as { cause?: unknown }).cause) {
    const code = (inner as { code?: unknown }).code;
    // Errors of a proxied connection hide the one that tells more.
    if (typeof code === 'string' && code !== 'UND_ERR_PRX_TLS') return code;
  }
  return 'unknown error';
}

function tlsHintOf(code: string): string | undefined {
  if (untrusted.has(code)) {
    return 'The certificate is signed by an authority that is not trusted: give its PEM as the CA certificate.';
  }
  if (wrongName.has(code)) return 'The certificate is for another host name: use the name that the certificate has.';
  if (code === 'CERT_HAS_EXPIRED') return 'The certificate has expired: renew it on the server.';
  if (code === 'CERT_NOT_YET_VALID') return 'The certificate is not valid yet: check the clocks.';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return 'The server speaks no TLS on this port: try http:// instead of https://.';
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('ERR_OSSL_')) {
    return 'The TLS connection failed: check the certificates and the TLS versions that the server allows.';
  }
  return undefined;
}
