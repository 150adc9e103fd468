import type { TableColumn } from '@flowmeta/om-mapper';
import { z } from 'zod';

const pagingSchema = z.object({ after: z.string().nullish(), total: z.number().nullish() }).nullish();

export const dataServicePageSchema = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      fullyQualifiedName: z.string().nullish(),
      serviceType: z.string().nullish(),
      // Of a connection nothing else is kept: it may hold credentials.
      connection: z
        .object({
          config: z.object({ hostPort: z.unknown(), bootstrapServers: z.unknown() }).partial().nullish(),
        })
        .nullish(),
    }),
  ),
  paging: pagingSchema,
});

interface ColumnBody {
  name: string;
  fullyQualifiedName?: string | null | undefined;
  children?: ColumnBody[] | null | undefined;
}

const columnSchema: z.ZodType<ColumnBody> = z.object({
  name: z.string(),
  fullyQualifiedName: z.string().nullish(),
  get children() {
    return z.array(columnSchema).nullish();
  },
});

export const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  fullyQualifiedName: z.string(),
  deleted: z.boolean().nullish(),
  columns: z.array(columnSchema).nullish(),
});

export const datasetPageSchema = z.object({ data: z.array(datasetSchema), paging: pagingSchema });

/** A service that holds data. */
export interface OmDataService {
  name: string;
  fullyQualifiedName: string;
  serviceType?: string;
  /** `host:port` of its servers, in small letters. */
  hosts: string[];
}

/** An entity that can be an end of an edge, or that holds such entities. */
export interface OmDataset {
  id: string;
  name: string;
  fqn: string;
  /** Of a table; fields of structs too. */
  columns: TableColumn[];
}

export function toDataset(body: z.output<typeof datasetSchema>): OmDataset {
  const columns: TableColumn[] = [];
  const collect = (list: readonly ColumnBody[], above: string): void => {
    for (const { name, fullyQualifiedName, children } of list) {
      const path = above + name;
      if (fullyQualifiedName) columns.push({ path, fqn: fullyQualifiedName });
      if (children) collect(children, `${path}.`);
    }
  };
  collect(body.columns ?? [], '');
  return { id: body.id, name: body.name, fqn: body.fullyQualifiedName, columns };
}

export function toDataService(body: z.output<typeof dataServicePageSchema>['data'][number]): OmDataService {
  const { hostPort, bootstrapServers } = body.connection?.config ?? {};
  const hosts = [hostPort, bootstrapServers].flatMap((text) => (typeof text === 'string' ? text.split(',') : []));
  return {
    name: body.name,
    fullyQualifiedName: body.fullyQualifiedName ?? body.name,
    ...(body.serviceType ? { serviceType: body.serviceType } : {}),
    hosts: hosts
      .map((host) =>
        host
          .trim()
          .toLowerCase()
          .replace(/^\w+:\/\//, '')
          .replace(/\/.*$/, ''),
      )
      .filter(Boolean),
  };
}
