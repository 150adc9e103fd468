import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadLinks, repository, targetsIn } from '../src/links.js';
import { files, root, text } from '../src/pages.js';

describe('a page', () => {
  it.each(files)('%s links to files and headings that there are', (file) => {
    expect(deadLinks(text(file), { root, file, text })).toEqual([]);
  });

  // npm shows them, where a relative link leads nowhere.
  it.each(files.filter((file) => /^(?:apps|packages)\/[^/]+\/README\.md$/.test(file)))(
    '%s is published, and has no relative link',
    (file) => {
      expect(targetsIn(text(file)).filter((target) => !/^[a-z]+:|^#/.test(target))).toEqual([]);
    },
  );

  it('would not go through with a link that leads nowhere', () => {
    const page = `# One \`two\` and [three](docs/facts.md)\n## Same\n## Same
[good](facts.md) [good](#one-two-and-three) [good](#same-1) [good](connectors/kestra.md#several-tenants)
[good](${repository}/blob/main/docs/connectors/kestra.md#several-tenants) [good](${repository}/tree/main/docs)
[elsewhere](https://example.com/nothing) \`[code](nothing.md)\`\n\`\`\`md\n# Code\n[code](nothing.md)\n\`\`\`
[page](nothing.md) [heading](#code) [other](facts.md#nothing) ![picture](nothing.png)
[own](${repository}/blob/main/facts.md) [own](${repository}/blob/main/docs/connectors/kestra.md#nothing)
`;
    expect(deadLinks(page, { root, file: 'docs/page.md', text })).toEqual([
      'docs/facts.md',
      'nothing.md',
      '#code',
      'facts.md#nothing',
      'nothing.png',
      `${repository}/blob/main/facts.md`,
      `${repository}/blob/main/docs/connectors/kestra.md#nothing`,
    ]);
  });
});

/** The site with its own settings, of other pages. */
describe('the site', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'flowmeta-site-'));
    const site = join(root, 'tooling/docs');
    for (const part of ['.vitepress', 'src', 'package.json'])
      cpSync(join(site, part), join(copy, 'tooling/docs', part), { recursive: true });
    symlinkSync(join(site, 'node_modules'), join(copy, 'tooling/docs/node_modules'));
    for (const page of ['decisions/one.md', 'connectors/one.md', 'reference/connectors/one.md'])
      write(`docs/${page}`, '# One\n\n## Part\n');
    write('README.md', '# Read me\n\n## Use\n');
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const write = (file: string, page: string) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), page);
  };
  const build = (page: string) => {
    write('docs/index.md', page);
    const vitepress = join(root, 'tooling/docs/node_modules/vitepress/bin/vitepress.js');
    return new Promise<{ code: unknown; output: string }>((resolve) =>
      execFile(process.execPath, [vitepress, 'build'], { cwd: join(copy, 'tooling/docs') }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, output: stdout + stderr }),
      ),
    );
  };

  it.each([
    ['', 0, 'build complete'],
    ['[page](connectors/none.md)', 1, 'connectors/none'],
    ['[heading](connectors/one.md#none)', 1, 'docs/index.md: connectors/one.md#none leads to no heading'],
    ['[own heading](#none)', 1, 'docs/index.md: #none leads to no heading'],
    ['[file](../NONE.md)', 1, 'docs/index.md: there is no ../NONE.md'],
    ['[heading of a file](../README.md#none)', 1, 'docs/index.md: ../README.md#none leads to no heading'],
  ])('with the link "%s" ends with %i', { timeout: 600_000 }, async (link, code, message) => {
    const good = '[one](connectors/one.md#part) [two](../README.md#use) [three](#home)';
    const built = await build(`# Home\n\n${good} ${link}\n`);
    expect(built).toEqual({ code, output: expect.stringContaining(message) });
  });
});
