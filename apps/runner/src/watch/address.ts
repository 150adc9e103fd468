import { UsageError } from '../usage-error.js';

export interface Address {
  host: string;
  port: number;
}

/** The address of `--listen`, e.g. `127.0.0.1:9464` or `[::1]:9464`. */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535)) {
    throw new UsageError(`--listen ${text} is no address`, 'Write it as 127.0.0.1:9464, or --no-listen for none.');
  }
  return { host, port };
}

export function shownAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
