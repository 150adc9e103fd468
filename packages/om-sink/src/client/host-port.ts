/**
 * The base of OpenMetadata's API, e.g. `https://om.example.com/api/v1`, from what people write as `hostPort`: with or
 * without `/api` or `/api/v1`, with trailing slashes, below a path of a proxy.
 *
 * @throws TypeError when it is no http or https url.
 */
export function apiBase(hostPort: string): string {
  const trimmed = hostPort.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError('hostPort is not a url such as https://openmetadata.example.com/api');
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '');
  return `${url.protocol}//${url.host}${path}/api/v1`;
}
