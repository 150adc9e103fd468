const template = /\{\{[^{}]*\}\}|\$\{[^{}]*\}/g;

/**
 * Whether nothing but templates is there, e.g. `{{ secret('DB_PASSWORD') }}` or `${DB_PASSWORD}`: they say where a secret
 * is kept, which is no secret and worth reading.
 */
export function isTemplateOnly(text: string): boolean {
  return text.includes('{') && text.replace(template, '').trim() === '';
}
