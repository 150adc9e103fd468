import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Our packages are ESM only: how older Node and CommonJS would see their types is nothing to them. */
const others = new Set(['node10', 'node16-cjs']);

/** What publint says of a packed package: warnings and errors. */
export async function publintFindings(tarball) {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, level: 'warning', strict: true });
  return messages.map((message) => `${message.type}: ${formatMessage(message, pkg, { color: false })}`);
}

/** What Are The Types Wrong says of the types of a packed package. */
export async function typesFindings(tarball) {
  const { types, problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  if (!types) return ['there are no types'];
  return problems.filter(({ resolutionKind }) => !others.has(resolutionKind)).map((problem) => JSON.stringify(problem));
}
