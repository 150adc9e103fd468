/** A flow's name in the catalog. Namespaces and ids may both hold dots; what belongs to which is never read back from it. */
export const pipelineName = (namespace: string, flowId: string): string => `${namespace}.${flowId}`;
