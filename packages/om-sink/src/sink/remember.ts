/** What `work` answers, asked once per key; a failure is not remembered. */
export function remember<T>(cache: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const result = work();
  cache.set(key, result);
  result.catch(() => cache.delete(key));
  return result;
}
