import { ProxyFailure } from './proxy.js';
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

const untrustedHint =
  'The certificate is signed by an authority that is not trusted: give its PEM as the CA certificate.';
const untrusted: TlsTrouble = { what: 'the certificate is of an unknown authority', hint: untrustedHint };
const plain: TlsTrouble = {
  what: 'this port speaks http, not https',
  hint: 'The server speaks no TLS on this port: try http:// instead of https://, or the port that is meant for https.',
};
const wantsCertificate: TlsTrouble = {
  what: 'the server wants a client certificate, or refuses the one that it got',
  hint: 'Give a certificate that the server accepts, with its key.',
};

interface TlsTrouble {
  what: string;
  hint: string;
}

const tlsTroubles = new Map<string, TlsTrouble>([
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    {
      what: 'the certificate is self-signed',
      hint: 'No authority vouches for it: give the PEM of the certificate itself as the CA certificate.',
    },
  ],
  ['SELF_SIGNED_CERT_IN_CHAIN', untrusted],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', untrusted],
  ['CERT_UNTRUSTED', untrusted],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    { what: 'the certificate is for another host', hint: 'Use the host name that the certificate has.' },
  ],
  ['CERT_HAS_EXPIRED', { what: 'the certificate has expired', hint: 'Renew it on the server.' }],
  ['CERT_NOT_YET_VALID', { what: 'the certificate is not valid yet', hint: 'Check the clocks.' }],
  ['ERR_SSL_WRONG_VERSION_NUMBER', plain],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', plain],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', wantsCertificate],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', wantsCertificate],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', wantsCertificate],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', wantsCertificate],
]);

const otherTlsHint = 'The TLS connection failed: check the certificates and the TLS versions that the server allows.';

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
  if (error instanceof ProxyFailure) return proxyFailure(error);
  const { code, reason, message } = factsOf(error);
  const trouble = tlsTroubles.get(code);
  if (trouble !== undefined) {
    const what = reason === undefined ? trouble.what : `${trouble.what} (${reason})`;
    return { kind: 'tls', verdict: 'fatal', message: what, hint: trouble.hint, passing: false };
  }
  if (code === 'EPROTO' || /^ERR_(SSL|TLS|OSSL)_/.test(code)) {
    return { kind: 'tls', verdict: 'fatal', message, hint: otherTlsHint, passing: false };
  }
  const refused = /Proxy response \((\d+)\)|Proxy Authentication Required \((\d+)\)/.exec(message);
  if (refused !== null) return proxyRefusal(Number(refused[1] ?? refused[2]));
  const hint = unreachable.get(code);
  if (hint !== undefined) return { kind: 'network', verdict: 'fatal', message, hint, passing: true };
  return { kind: 'network', verdict: 'retry', message, passing: true };
}

function proxyFailure({ message, cause }: ProxyFailure): NetworkFailure {
  const inner = describeNetworkFailure(cause);
  const hint =
    inner.kind === 'tls'
      ? `${inner.hint ?? otherTlsHint} (This is about the proxy.)`
      : 'Check the address of the proxy and that it runs, or list the host in NO_PROXY.';
  return { ...inner, verdict: 'fatal', message: `${message}: ${inner.message}`, hint };
}

function proxyRefusal(status: number): NetworkFailure {
  const message = `the proxy answered ${status} instead of a connection to the server`;
  if (status >= 500) {
    const hint = 'The proxy can’t reach the server: check host and port, or list the host in NO_PROXY.';
    return { kind: 'network', verdict: 'retry', message, hint, passing: true };
  }
  const hint = 'The proxy refused: check its address and credentials, or list the host in NO_PROXY.';
  return { kind: 'network', verdict: 'fatal', message, hint, passing: false };
}

/** The code of the innermost error that tells most, and the words that go with it. */
function factsOf(error: unknown): { code: string; reason?: string; message: string } {
  const own = error instanceof Error ? error.message : '';
  for (let inner = error; typeof inner === 'object' && inner !== null; inner = (inner as { cause?: unknown }).cause) {
    const { code, reason } = inner as { code?: unknown; reason?: unknown };
    // Errors of a proxied connection hide the one that tells more.
    if (typeof code !== 'string' || code === 'UND_ERR_PRX_TLS') continue;
    return {
      code,
      message: own === '' ? code : own,
      // Only this one says in plain words which names there are; the others repeat OpenSSL.
      ...(code === 'ERR_TLS_CERT_ALTNAME_INVALID' && typeof reason === 'string' && { reason }),
    };
  }
  return { code: 'unknown error', message: own === '' ? 'unknown error' : own };
}
