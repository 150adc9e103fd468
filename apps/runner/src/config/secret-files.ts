import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { whyUnreadable } from './unreadable.js';
import type { Path } from './yaml-document.js';

export interface SecretFileOptions {
  /** Options of the connector that name a file, each with the option beside it that the file's text is for. */
  named?: { path: Path; option: string }[];
  /** What relative paths may start from, tried in this order. */
  directories: string[];
  report: (path: Path, message: string, hint: string) => void;
}

const server = ['workflowConfig', 'openMetadataServerConfig'];
const tokens = [[...server, 'securityConfig', 'jwtToken']];
const certificates = [
  [...server, 'sslConfig'],
  ['source', 'serviceConnection', 'config', 'sslConfig'],
];

/**
 * The config with the contents of files where it names a file: the token and the certificates. As in OpenMetadata, a
 * token that is the name of an existing file means the file.
 */
export async function withSecretFiles(config: unknown, options: SecretFileOptions): Promise<unknown> {
  const filled = structuredClone(config);
  for (const path of tokens) {
    const parent = objectAt(filled, path.slice(0, -1));
    const key = path.at(-1)!;
    if (typeof parent?.[key] === 'string') parent[key] = await tokenOf(parent[key], path, options);
  }
  for (const path of certificates) {
    const parent = objectAt(filled, path);
    for (const [key, value] of Object.entries(parent ?? {})) {
      if (parent && typeof value === 'string' && value !== '') {
        parent[key] = await certificateOf(value, [...path, key], options);
      }
    }
  }
  for (const { path, option } of options.named ?? []) {
    const parent = objectAt(filled, path.slice(0, -1));
    if (parent) await fillIn(parent, { path, option, ...options });
  }
  return filled;
}

/** The text of the file in the place of its name. What could not be read stands there too: the error has been told. */
async function fillIn(
  parent: Record<string, unknown>,
  { path, option, directories, report }: SecretFileOptions & { path: Path; option: string },
): Promise<void> {
  const key = String(path.at(-1));
  const name = parent[key];
  if (typeof name !== 'string' || name === '') return;
  delete parent[key];
  const isGivenTwice = typeof parent[option] === 'string';
  const text = isGivenTwice ? undefined : await secretOf(name, directories);
  if (isGivenTwice)
    report(path, `stands beside ${option}, which it is instead of`, `Keep one of ${option} and ${key}.`);
  else if (typeof text !== 'string') {
    report(path, `${name} ${text?.problem}`, 'Check the path; relative ones start at the config file.');
  }
  parent[option] = typeof text === 'string' ? text : `(${key})`;
}

/** Longer ones are no password and no token. */
const longestSecret = 100_000;

async function secretOf(name: string, directories: string[]): Promise<string | { problem: string }> {
  const { text, problem } = await textOf(name, directories);
  if (text === undefined) return { problem };
  const secret = text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '');
  if (secret === '') return { problem: 'is empty' };
  return secret.length > longestSecret || /[\r\n\0]/.test(secret)
    ? { problem: 'holds more than one line, or is no text' }
    : secret;
}

function objectAt(root: unknown, path: Path): Record<string, unknown> | undefined {
  let node = root;
  for (const part of path) {
    if (typeof node !== 'object' || node === null) return undefined;
    node = (node as Record<string, unknown>)[part];
  }
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>) : undefined;
}

async function tokenOf(value: string, path: Path, options: SecretFileOptions): Promise<string> {
  const namesFile = /^(?:~|\.{0,2})\/|\.(?:txt|jwt|token|key)$/.test(value);
  // A whole JWT is no file name: asking the file system for it would only leave traces of it.
  if (!namesFile && /^ey[\w-]+\.[\w-]+\./.test(value)) return clean(value);
  const { text, problem } = await textOf(value, options.directories);
  const hint = 'Check the path, or write the token itself.';
  if (text === undefined) {
    if (namesFile) options.report(path, `the file ${problem}`, hint);
    return clean(value);
  }
  const token = clean(text);
  if (token === '') options.report(path, 'the file is empty', hint);
  return token;
}

async function certificateOf(value: string, path: Path, options: SecretFileOptions): Promise<string> {
  const isText = value.includes('-----BEGIN');
  const { text, problem = 'is not in PEM format' } = isText
    ? { text: value }
    : await textOf(value, options.directories);
  if (!text?.includes('-----BEGIN')) {
    options.report(path, `the file ${problem}`, 'Write the path of a PEM file, or its text.');
    return value;
  }
  const trouble = path.at(-1) === 'sslKey' ? troubleOfKey(text) : troubleOfCertificate(text);
  if (trouble) options.report(path, `the ${isText ? 'text' : 'file'} ${trouble.what}`, trouble.hint);
  return text;
}

interface Trouble {
  what: string;
  hint: string;
}

const certificateBlock = /-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----[^-]*-----END \1-----/g;

/** OpenSSL takes no notice of an authority that it can't read: the server would seem to have the wrong certificate. */
function troubleOfCertificate(text: string): Trouble | undefined {
  const isReadable = (text.match(certificateBlock) ?? []).some((block) => {
    try {
      return new X509Certificate(block).raw.length > 0;
    } catch {
      return false;
    }
  });
  if (isReadable) return undefined;
  return { what: 'holds no certificate that can be read', hint: 'Copy the certificate again, from BEGIN to END.' };
}

function troubleOfKey(text: string): Trouble | undefined {
  if (/ENCRYPTED/.test(text)) {
    const hint = 'Write it without one (openssl pkey -in KEY -out PLAIN) to a file that only this user can read.';
    return { what: 'holds a key that wants a passphrase', hint };
  }
  try {
    createPrivateKey(text);
    return undefined;
  } catch {
    return { what: 'holds no private key that can be read', hint: 'Name the key of the client certificate.' };
  }
}

/** Without the line break at the end of a file, and without the scheme that people copy along. */
function clean(token: string): string {
  return token.trim().replace(/^Bearer\s+/i, '');
}

/** The text of the first of the files that can be read, or why it can't be. */
async function textOf(
  path: string,
  directories: string[],
): Promise<{ text: string; problem?: never } | { text?: never; problem: string }> {
  const expanded = path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : path;
  const problems: string[] = [];
  for (const directory of directories) {
    try {
      return { text: await readFile(resolve(directory, expanded), 'utf8') };
    } catch (error) {
      // The next directory may have it.
      problems.push(whyUnreadable(error));
    }
  }
  // One that is there and can't be read says more than one that is not there.
  return { problem: problems.find((problem) => problem !== 'does not exist') ?? 'does not exist' };
}
