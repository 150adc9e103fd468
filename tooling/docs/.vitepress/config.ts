import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instance } from '@viz-js/viz';
import { slug } from 'github-slugger';
import { defineConfig, type MarkdownRenderer } from 'vitepress';
import { type Drawing, drawingOf } from '../src/drawing.js';
import { repository } from '../src/links.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const docs = join(root, 'docs');
const viz = await instance();

/** Decisions are listed as they are found; a new one needs no line here. */
const decisions = readdirSync(join(docs, 'decisions')).map((file) => ({
  text: /^# (.*)$/m.exec(readFileSync(join(docs, 'decisions', file), 'utf8'))![1]!,
  link: `/decisions/${file.replace(/\.md$/, '')}`,
}));
const pages = (folder: string) =>
  readdirSync(join(docs, folder)).map((file) => ({
    text: /^# (.*)$/m.exec(readFileSync(join(docs, folder, file), 'utf8'))![1]!,
    link: `/${folder}/${file.replace(/\.md$/, '')}`,
  }));

/**
 * A link to a file of the repository that is no page leads to the repository. Each has to lead somewhere, to its heading too: of
 * pages VitePress sees only whether they are there.
 */
function outside(target: string, { page, md }: { page: string; md: MarkdownRenderer }): string {
  if (/^[a-z]+:/.test(target)) return target;
  const [path, anchor] = target.split('#');
  const file = path === '' ? join(docs, page) : resolve(dirname(join(docs, page)), path!);
  const isPage = !relative(docs, file).startsWith('..');
  if (!existsSync(file)) {
    if (isPage) return target;
    throw new Error(`docs/${page}: there is no ${target}`);
  }
  if (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file, md).has(anchor))
    throw new Error(`docs/${page}: ${target} leads to no heading`);
  return isPage ? target : `${repository}/blob/main/${relative(root, file)}${anchor === undefined ? '' : `#${anchor}`}`;
}

const headings = { of: 'headings' };
const known = new Map<string, Set<string>>();
function anchorsOf(file: string, md: MarkdownRenderer): Set<string> {
  const tokens = known.has(file) ? [] : md.parse(readFileSync(file, 'utf8'), headings);
  const found = known.get(file) ?? new Set(tokens.flatMap((token) => token.attrGet('id') ?? []));
  known.set(file, found);
  return found;
}

function svgOf({ nodes, edges }: Drawing): string {
  return viz
    .renderString(
      {
        graphAttributes: { rankdir: 'LR', bgcolor: 'transparent' },
        nodeAttributes: { fontname: 'sans-serif', fontsize: 12, color: '#888888', fontcolor: 'currentColor' },
        edgeAttributes: { fontname: 'sans-serif', fontsize: 11, color: '#888888', fontcolor: 'currentColor' },
        nodes: nodes.map(({ id, label, shape }) => ({ name: id, attributes: { label, shape } })),
        edges: edges.map(({ from, to, label = '' }) => ({ tail: from, head: to, attributes: { label } })),
      },
      { format: 'svg' },
    )
    .replace(/^[\s\S]*?(?=<svg)/, '');
}

export default defineConfig({
  title: 'Flowmeta',
  description: "Brings an orchestrator's pipelines, runs and lineage into OpenMetadata.",
  srcDir: '../../docs',
  outDir: '../../dist/docs',
  cacheDir: '../../node_modules/.cache/vitepress',
  cleanUrls: true,
  lastUpdated: false,
  vite: {
    plugins: [
      {
        name: 'vue-of-the-pages',
        enforce: 'pre',
        // The pages are in no package that has it: it is looked for from here.
        resolveId(source, importer) {
          if (!/^vue(?:\/|$)/.test(source) || !importer?.startsWith(docs)) return null;
          return this.resolve(source, fileURLToPath(import.meta.url), { skipSelf: true });
        },
      },
    ],
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: repository }],
    nav: [
      { text: 'Get started', link: '/getting-started' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'Configuration', link: '/reference/configuration' },
    ],
    sidebar: [
      {
        text: 'Use it',
        items: [
          { text: 'Getting started', link: '/getting-started' },
          { text: 'Recipes', link: '/recipes' },
          { text: 'Permissions', link: '/permissions' },
          { text: 'Upgrading', link: '/upgrading' },
          { text: 'How it compares', link: '/comparison' },
        ],
      },
      { text: 'Connectors', items: [{ text: 'Connectors', link: '/connectors' }, ...pages('connectors')] },
      {
        text: 'Reference',
        items: [
          { text: 'Configuration', link: '/reference/configuration' },
          { text: 'Commands', link: '/reference/commands' },
          ...pages('reference/connectors'),
        ],
      },
      {
        text: 'How it is made',
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'What shows that it holds', link: '/evidence' },
          { text: 'What real servers do', link: '/facts' },
          { text: 'Writing a connector', link: '/writing-a-connector' },
          ...decisions,
        ],
      },
    ],
  },
  markdown: {
    languageAlias: { crontab: 'sh' },
    // As GitHub names headings, where the pages are read too.
    anchor: { slugify: slug },
    config(md) {
      md.core.ruler.push('outside', ({ tokens, env }) => {
        if (env === headings) return;
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const target = token.attrGet('href');
          if (target !== null) token.attrSet('href', outside(target, { page: env.relativePath, md }));
        }
      });
      // Templates of Kestra stand in braces, as those of Vue do.
      md.renderer.rules.code_inline = (tokens, index) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[index]!.content)}</code>`;
      const { fence } = md.renderer.rules;
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const { info, content } = tokens[index]!;
        return info === 'mermaid'
          ? `<div class="drawing" style="overflow-x: auto" v-pre>${svgOf(drawingOf(content))}</div>`
          : fence!(tokens, index, ...rest);
      };
    },
  },
});
