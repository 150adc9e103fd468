import { isSecretName } from '@flowmeta/redact';
import { proxyAddress } from './proxy.js';
import type { HttpClientOptions } from './types.js';

/** @throws TypeError for what is no http(s) address. */
export function parseBaseUrl(baseUrl: string): URL {
  // The address is not repeated in the error: it may hold a password.
  if (!URL.canParse(baseUrl)) throw new TypeError('the base url is no absolute url, e.g. https://host:8080/api');
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`the base url must begin with http:// or https://, not with ${url.protocol}`);
  }
  return url;
}

/** What goes along with each request. */
export function headersOf(options: HttpClientOptions, base: URL): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'gzip, br' };
  if (options.userAgent !== undefined) headers['user-agent'] = options.userAgent;
  if (base.username !== '') {
    const userInfo = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
    headers.authorization = `Basic ${Buffer.from(userInfo).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
}

/** What must not show in an error: a server or a proxy may repeat what it was sent. */
export function secretsOf(options: HttpClientOptions, headers: Record<string, string>): string[] {
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'authorization') secrets.push(...credentialsOf(value));
    else if (name === 'cookie' || isSecretName(name)) secrets.push(value);
  }
  for (const proxy of [options.proxy?.httpProxy, options.proxy?.httpsProxy]) {
    const { username, password } = proxyAddress(proxy) ?? { username: '', password: '' };
    if (password === '') continue;
    const plain = decodeURIComponent(password);
    secrets.push(plain, Buffer.from(`${decodeURIComponent(username)}:${plain}`).toString('base64'));
  }
  if (options.tls?.key !== undefined) secrets.push(options.tls.key);
  return secrets;
}

function credentialsOf(authorization: string): string[] {
  const credentials = authorization.replace(/^\S+\s+/, '');
  if (!/^basic\s/i.test(authorization)) return [credentials];
  const plain = Buffer.from(credentials, 'base64').toString('utf8');
  return [credentials, plain.replace(/^[^:]*:/, '')];
}
