import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HealthReport, renderHealthHtml } from '../src/index.js';
import { hostileReport, sampleReport } from './sample-report.js';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'flowmeta-health-'));

describe('the HTML page in a real browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    if (executablePath === undefined) return;
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(report: HealthReport) {
    const file = join(folder, 'health.html');
    writeFileSync(file, renderHealthHtml(report));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const noises: string[] = [];
    page.on('console', (message) => noises.push(message.text()));
    page.on('dialog', (dialog) => {
      noises.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('file:') && request.url() !== 'data:,') noises.push(`request: ${request.url()}`);
    });
    await page.goto(String(pathToFileURL(file)));
    return { page, noises };
  }

  it.skipIf(!executablePath)(
    'has its styles, a row per plugin and type that ran, and fits narrow windows',
    async () => {
      const { page, noises } = await open(sampleReport());
      expect(await page.locator('tbody tr').count()).toBe(6);
      expect(await page.evaluate("getComputedStyle(document.querySelector('.tiles')).display")).toBe('grid');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1280, 700, 400]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        }
      }
      expect(noises).toEqual([]);
      await page.close();
    },
  );

  it.skipIf(!executablePath)('shows hostile names as text: nothing runs, nothing is loaded', async () => {
    const { page, noises } = await open(hostileReport());
    expect(await page.locator('img, script, a, [onmouseover], [onerror]').count()).toBe(0);
    expect(await page.locator('tbody').first().textContent()).toContain('<img src=x onerror=alert(3)>');
    expect(noises).toEqual([]);
    await page.close();
  });
});
