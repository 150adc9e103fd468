import type { KestraServer } from '@flowmeta/kestra-client';

/** What a link needs to know of the server. */
export type LinkBase = Pick<KestraServer, 'uiUrl' | 'tenant'>;

const page = ({ uiUrl, tenant }: LinkBase, ...segments: string[]): string =>
  [uiUrl, ...(tenant === undefined ? [] : [tenant]), ...segments]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');

/** Opens the flow in the UI of this server's version: up to 0.22 the paths carry no tenant. */
export const flowUrl = (base: LinkBase, flow: { namespace: string; id: string }): string =>
  page(base, 'flows', 'edit', flow.namespace, flow.id);

/** Opens the run in the UI. */
export const executionUrl = (base: LinkBase, execution: { namespace: string; flowId: string; id: string }): string =>
  page(base, 'executions', execution.namespace, execution.flowId, execution.id);

/** Opens the run's log in the UI. */
export const logsUrl = (base: LinkBase, execution: { namespace: string; flowId: string; id: string }): string =>
  `${executionUrl(base, execution)}/logs`;
