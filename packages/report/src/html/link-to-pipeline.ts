/** The fragment that opens a pipeline's details. Stable as long as the pipeline keeps its name. */
export function linkToPipeline(name: string): string {
  return `#pipeline=${encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd'))}`;
}
