import { printable } from '../printable.js';

/** A piece of HTML in which everything that came from outside is escaped. Only `html` and `trusted` make one. */
export interface Markup {
  readonly markup: string;
}

/** A text, a number, a piece of HTML, several of these, or nothing. */
export type Content = string | number | Markup | readonly Content[] | undefined;

/** Escapes what is put into the template, unless it is a piece of HTML itself. Attribute values need double quotes. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return { markup: strings.reduce((all, part, index) => `${all}${render(values[index - 1])}${part}`) };
}

/** Markup from this package's own constants; never for anything that came from outside. */
export function trusted(markup: string): Markup {
  return { markup };
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

/** A name that may go on in the next line after a dot, a dash or an underscore. */
export function breakable(name: string): Content {
  return printable(name)
    .split(/(?<=[._-])(?=[^._-])/)
    .map((part, index) => (index === 0 ? part : html`<wbr>${part}`));
}
