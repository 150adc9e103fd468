import { renderTemplates, type TemplateValues } from '@flowmeta/sql-lineage';

/** A text of a definition, as far as it is known before a run. */
export interface RenderedText {
  /** True when nothing of it is left to a run. */
  known: boolean;
  /** The text; where it isn't known, as far as the first template. */
  text: string;
  /** As a person may see it: what is known is rendered, templates are left, without the texts in them, which may be secrets. */
  shown: string;
}

const template = /\{\{[^{}]{0,2000}\}\}|\{%[^{}]{0,2000}%\}|\{#[^{}]{0,2000}#\}/g;

/** Renders what is static in a text. A name that stays partly a template is not guessed: see `known`. */
export function renderText(text: string, values: TemplateValues): RenderedText {
  if (!text.includes('{{') && !text.includes('{%')) return { known: true, text, shown: text };
  const { sql: rendered, unresolved, conditions } = renderTemplates(text, values);
  // A variable that holds a template comes out as it is: Kestra doesn't render twice.
  const ends = [rendered.indexOf('{{'), rendered.indexOf('{%'), ...conditions.map(({ from }) => from)];
  for (const { placeholder } of unresolved) ends.push(rendered.indexOf(placeholder));
  const end = Math.min(...ends.filter((at) => at >= 0));
  if (end === Number.POSITIVE_INFINITY) return { known: true, text: rendered, shown: rendered };
  const shown = text.replace(template, (found) => {
    const alone = renderTemplates(found, values);
    return alone.unresolved.length === 0 && !alone.sql.includes('{') ? alone.sql : shownTemplate(found);
  });
  return { known: false, text: rendered.slice(0, end), shown };
}

/** SQL as a person may see it: rendered where it is known, with the templates that only a run fills in. */
export function renderSql(sql: string, values: TemplateValues): string {
  if (!sql.includes('{')) return sql;
  const { sql: rendered, unresolved } = renderTemplates(sql, values);
  const expressions = new Map(unresolved.map(({ placeholder, expression }) => [placeholder, expression]));
  return rendered.replace(/flowmeta_template_\d+_/g, (placeholder) => {
    const expression = expressions.get(placeholder);
    return expression === undefined ? placeholder : `{{ ${expression} }}`;
  });
}

const longestTemplate = 200;

/**
 * A template in one spelling: one space inside the braces, texts between single quotes. Texts that aren't the name of a secret, of a
 * key-value pair or of a member may be secrets themselves, e.g. a default, and are left out.
 */
function shownTemplate(found: string): string {
  const inside = found
    .slice(2, -2)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(
      /(\b(?:secret|kv)\( ?|(?<=[\w\])])\[ ?)?(?:'((?:[^'\\]|\\.)*)'?|"((?:[^"\\]|\\.)*)"?)/g,
      (_all, names: string | undefined, single: string | undefined, double: string | undefined) =>
        names === undefined ? "'…'" : `${names}'${single ?? double ?? ''}'`,
    );
  const short = inside.length > longestTemplate ? `${inside.slice(0, longestTemplate)}…` : inside;
  return `${found.slice(0, 2)} ${short} ${found.slice(-2)}`;
}
