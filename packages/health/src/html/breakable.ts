import { type Content, html, printable } from '@flowmeta/report/rendering';

/** A name that may go on in the next line after a dot, a dash or an underscore. */
export function breakable(name: string): Content {
  return printable(name)
    .split(/(?<=[._-])(?=[^._-])/)
    .map((part, index) => (index === 0 ? part : html`<wbr>${part}`));
}
