import type { AirflowDataset } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, startAirflow } from './stand-in.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

async function existsOn(major: 2 | 3, name: string, change?: (dataset: AirflowDataset) => void) {
  const server = await startAirflow({ major, ...(change && { change }) });
  const connector = connect(server.url);
  opened.push(connector, server);
  return connector.exists!({ name });
}

const repair = (dataset: AirflowDataset): void => {
  dataset.importErrors = [];
};

describe.each([2, 3] as const)('whether Airflow %s still has a DAG', (major) => {
  it('is so while its file has it', async () => {
    expect(await existsOn(major, 'shop.orders.etl')).toBe('present');
    expect(await existsOn(major, 'states_never_run')).toBe('present');
  });

  it('is not so where its file is gone, though Airflow keeps a record of it', async () => {
    expect(await existsOn(major, 'gone_later')).toBe('absent');
  });

  it('is not known where its file cannot be imported', async () => {
    const breakFile = ({ dags, importErrors }: AirflowDataset) => {
      const { dag } = dags.find((each) => each.dag.dag_id === 'gone_later')!;
      importErrors[0]!.filename = major === 3 ? dag.relative_fileloc : dag.fileloc;
    };
    expect(await existsOn(major, 'gone_later', breakFile)).toBe('unknown');
  });

  it('is not known of one without a record while any file cannot be imported', async () => {
    expect(await existsOn(major, 'never_was')).toBe('unknown');
    expect(await existsOn(major, 'never_was', repair)).toBe('absent');
  });

  it('is not answered where import errors may not be read', async () => {
    const server = await startAirflow({
      major,
      faults: [{ path: /importErrors/, effect: { kind: 'status', status: 403 } }],
    });
    const connector = connect(server.url);
    opened.push(connector, server);
    await expect(connector.exists!({ name: 'gone_later' })).rejects.toThrow('403');
  });
});

describe('whose a pipeline is', () => {
  const airflow = connect('https://airflow.example.com/prod/api/v1');
  const owns = (sourceUrl?: string) => airflow.owns!({ name: 'a.b', ...(sourceUrl !== undefined && { sourceUrl }) });

  it('is told by its link, as Airflow 2 and 3 have it', async () => {
    expect(await owns('https://airflow.example.com/prod/dags/a.b')).toBe(true);
    expect(await owns('https://airflow.example.com/prod/dags/a.b/grid')).toBe(true);
    expect(await owns('https://airflow.example.com/dags/a.b')).toBe(false);
    expect(await owns('https://other.example.com/prod/dags/a.b')).toBe(false);
    expect(await owns()).toBe(false);
  });
});
