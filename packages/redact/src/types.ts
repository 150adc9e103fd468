/** Replaces secrets. Give it the values it must never let through; shapes are known without being told. */
export interface Redactor {
  /** Secrets by value and by shape (JWT, user info in urls, AWS keys, private keys, `password=…` in JDBC urls and SQL). */
  text(text: string): string;
  /** The same through a JSON-like value, also by key (`password`, `token`, a webhook's `key` …). Does not change its argument. */
  value<T>(value: T): T;
  /** Learns one more secret value; short ones (under 4 characters) are ignored, since they would blank out ordinary words. */
  add(secret: string): void;
}
