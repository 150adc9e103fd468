import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import GithubSlugger from 'github-slugger';

export const repository = 'https://github.com/flowmeta/flowmeta';

const withoutFences = (page: string) => page.replace(/^ *(`{3,}|~{3,})[\s\S]*?^ *\1$/gm, '');

/** The names by which GitHub lets one link to the headings of a page. */
function anchorsIn(page: string): Set<string> {
  const slugger = new GithubSlugger();
  const headings = [...withoutFences(page).matchAll(/^#{1,6} +(.*)$/gm)];
  return new Set(headings.map(([, title]) => slugger.slug(title!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))));
}

/** Where the links and pictures of a page lead. */
export const targetsIn = (page: string): string[] =>
  [
    ...withoutFences(page)
      .replace(/`[^`]*`/g, '``')
      .matchAll(/\]\(([^)\s]+)[^)]*\)/g),
  ].map(([, target]) => target!);

/**
 * Links that lead nowhere, as GitHub shows the page: to files that are not there, and to headings that a page does not have.
 *
 * @param file where the page is, or would be
 */
export function deadLinks(
  page: string,
  { root, file, text }: { root: string; file: string; text: (file: string) => string },
): string[] {
  return targetsIn(page).filter((target) => {
    const own = target.startsWith(repository) ? /\/(?:blob|tree)\/main\/(.*)$/.exec(target)?.[1] : undefined;
    if (own === undefined && /^[a-z]+:/.test(target)) return false;
    const [path, anchor] = (own ?? target).split('#') as [string, string?];
    if (path === '') return !anchorsIn(page).has(anchor!);
    const other = normalize(join(own === undefined ? dirname(file) : '.', path));
    if (!existsSync(join(root, other))) return true;
    return anchor !== undefined && other.endsWith('.md') && !anchorsIn(text(other)).has(anchor);
  });
}
