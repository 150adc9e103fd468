import type { EarlierPipeline } from '@flowmeta/connector';
import type { AirflowClient } from './client/airflow-client.js';
import { dialects } from './client/dialects.js';
import { isGone } from './client/wire.js';

/** Whether a pipeline came from this server: its link is one that it had with Airflow 2 or has with 3. */
export function ownsPipeline(address: string, { name, sourceUrl }: EarlierPipeline): boolean {
  if (sourceUrl === undefined || !URL.canParse(sourceUrl)) return false;
  const { href } = new URL(sourceUrl);
  return dialects.some(({ pages }) => new URL(address + pages.dag(name)).href === href);
}

/**
 * Whether Airflow still has the DAG. One whose file no longer has it stays on record, and is gone; but not where that file can't be
 * imported: then nobody knows. Of a DAG that is not on record the file isn't known, so that any import error leaves it open.
 */
export async function pipelineExists(
  client: AirflowClient,
  { name }: EarlierPipeline,
  options: { signal: AbortSignal },
): Promise<'present' | 'absent' | 'unknown'> {
  const dag = await client.dag(name, options);
  if (dag !== undefined && !isGone(dag)) return 'present';
  let isReadable = true;
  const errors = client.importErrors({ ...options, onUnreadable: () => (isReadable = false) });
  for await (const { filename } of errors) {
    if (dag === undefined || !dag.fileloc || isSameFile(filename, dag.fileloc, dag.relative_fileloc)) return 'unknown';
  }
  return isReadable && dag?.has_import_errors !== true ? 'absent' : 'unknown';
}

/** 3.x names files as they lie in their bundle, 2.x with their whole path. */
const isSameFile = (filename: string, fileloc: string, relative: string | null | undefined): boolean =>
  filename === fileloc || filename === relative || fileloc.endsWith(`/${filename}`);
