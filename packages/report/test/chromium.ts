import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Absent where the machine has none: tests that need it are skipped. */
export const browser = candidates.find((path) => path !== undefined && path !== '' && existsSync(path));

/** Set it to look at the pictures after a change of the styles: they stay in `flowmeta-report-*` of the temporary folder. */
export const keepsScreenshots = process.env.KEEP_SCREENSHOTS !== undefined;

/** A browser that opens pages from files and writes down everything that a page should not do. */
export class Chromium {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowmeta-report-'));
  /** Console messages, errors, dialogs and requests. */
  readonly noises: string[] = [];
  #context: BrowserContext | undefined;

  async start(): Promise<void> {
    if (browser === undefined) return;
    this.#context = await chromium.launchPersistentContext(join(this.folder, 'profile'), {
      executablePath: browser,
      headless: true,
      viewport: { width: 1280, height: 900 },
      args: [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  }

  async open(html: string, fragment = ''): Promise<Page> {
    const file = join(this.folder, 'page.html');
    writeFileSync(file, html);
    const page = await this.#context!.newPage();
    page.on('console', (message) => {
      this.noises.push(`console ${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => {
      this.noises.push(`error: ${error.message}`);
    });
    page.on('dialog', (dialog) => {
      this.noises.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith('file:') && url !== 'data:,') this.noises.push(`request: ${url}`);
    });
    await page.goto(`${pathToFileURL(file)}${fragment}`);
    return page;
  }

  async closePages(): Promise<void> {
    for (const page of this.#context?.pages() ?? []) await page.close();
  }

  async stop(): Promise<void> {
    await this.#context?.close();
    if (!keepsScreenshots) rmSync(this.folder, { recursive: true, force: true });
  }
}
