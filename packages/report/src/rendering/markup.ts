/** A piece of HTML in which everything that came from outside is escaped. Only `html` and `trusted` make one. */
export interface Markup {
  readonly markup: string;
}

/** A text, a number, a piece of HTML, several of these, or nothing. */
export type Content = string | number | Markup | readonly Content[] | undefined;

/** Escapes what is put into the template, unless it is a piece of HTML itself. Attribute values need double quotes. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  const markup = strings.reduce((all, part, index) => `${all}${render(values[index - 1])}${part}`);
  return { markup };
}

/** Markup from this package's own constants; never for anything that came from outside. */
export function trusted(markup: string): Markup {
  return { markup };
}

/**
 * JSON that may stand inside a script element: no `<` can end the element or open a comment, and the two line ends that
 * JSON allows and older JavaScript does not are escaped.
 */
export function embeddedJson(value: unknown): Markup {
  const escaped = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { markup: escaped };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(value: Content): string {
  if (value === undefined) return '';
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (mark) => entities[mark]!);
}
