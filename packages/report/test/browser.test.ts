import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineReport, RunReport } from '@flowmeta/connector';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../src/index.js';
import { browser, Chromium, keepsScreenshots } from './chromium.js';
import { sampleReport } from './sample-report.js';

const chromium = new Chromium();

function open(report: RunReport, fragment = ''): Promise<Page> {
  return chromium.open(renderHtml(report), fragment);
}

function hostileReport(): RunReport {
  const evil = '</script><script>alert(1)</script>"onmouseover="alert(2)\' <img src=x onerror=alert(3)>\u2028';
  const pipeline: PipelineReport = {
    name: evil,
    displayName: evil,
    namespace: evil,
    description: evil,
    sourceUrl: 'javascript:alert(4)',
    fqn: evil,
    outcome: 'created',
    enabled: false,
    degraded: evil,
    schedules: [{ id: evil, cron: evil, timezone: evil }],
    tasks: [
      { name: evil, type: evil, branch: evil, enabled: false },
      { name: 'constructor', enabled: true },
    ],
    edges: [{ from: evil, to: 'constructor' }],
    labels: [{ key: evil, value: evil }],
    owners: [evil],
    runs: {
      read: 1,
      written: 1,
      unchanged: 0,
      failed: 0,
      byState: { failed: 1 },
      latest: [{ id: evil, state: 'failed', startedAt: Number.NaN, url: 'javascript:alert(5)' }],
    },
  };
  const finding = { ref: evil, message: evil, hint: evil, count: 2 };
  const report = sampleReport(1);
  return {
    ...report,
    source: { connector: evil, description: evil },
    target: { kind: evil, description: evil, service: evil },
    requests: { ...report.requests, source: { total: 1, retried: 0, byEndpoint: { [evil]: 1 } } },
    pipelines: [pipeline],
    skipped: [finding],
    failed: [finding],
    warnings: [finding],
    error: finding,
  };
}

describe('the HTML report', () => {
  beforeAll(() => chromium.start());

  afterEach(async () => {
    await chromium.closePages();
    expect(chromium.noises.splice(0)).toEqual([]);
  });

  afterAll(() => chromium.stop());

  it.skipIf(!browser)('opens in a real browser, and its table can be searched, filtered and sorted', async () => {
    const page = await open(sampleReport(80));
    const visible = page.locator('#pipelines tbody tr:not([hidden])');
    expect(await visible.count()).toBe(80);
    await page.getByRole('searchbox').fill('finance EXPORT');
    const found = await visible.locator('td.name').allTextContents();
    expect(found.length).toBeGreaterThan(0);
    for (const text of found) expect(text).toMatch(/company\.finance\.export/);
    expect(await page.locator('#shown').textContent()).toBe(`${found.length} of 80 pipelines`);

    await page.getByRole('searchbox').fill('no such thing');
    expect(await page.getByText('No pipeline matches.').isVisible()).toBe(true);

    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Outcome', { exact: true }).selectOption('created');
    expect(new Set(await visible.locator('td.outcome .badge:first-child').allTextContents())).toEqual(
      new Set(['created']),
    );

    await page.getByLabel('Outcome', { exact: true }).selectOption('');
    await page.getByRole('button', { name: 'Tasks' }).click();
    const counts = (await visible.locator('td.tasks').allTextContents()).map(Number);
    expect(counts).toEqual([...counts].sort((left, right) => right - left));
  });

  it.skipIf(!browser)('opens a pipeline by click and by keyboard, draws its graph, and goes back', async () => {
    const report = sampleReport(80);
    const page = await open(report);
    const pipeline = report.pipelines[7]!;
    await page.getByRole('link', { name: pipeline.displayName!, exact: true }).first().click();
    expect(await page.locator('#detail h2').textContent()).toBe(pipeline.displayName);
    expect(await page.locator('svg.graph .task').count()).toBe(pipeline.tasks.length);
    expect(await page.locator('svg.graph path.arrow').count()).toBe(pipeline.edges.length);
    expect(await page.locator('svg.graph .task.off').count()).toBe(
      pipeline.tasks.filter(({ enabled }) => !enabled).length,
    );
    await page.keyboard.press('Escape');
    await page.locator('#overview').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe(pipeline.displayName);
    await page.keyboard.press('Enter');
    await page.locator('#detail').waitFor();
    expect(await page.locator('#detail h2').textContent()).toBe(pipeline.displayName);
    await page.getByRole('link', { name: 'All pipelines' }).click();
    await page.locator('#detail').waitFor({ state: 'hidden' });
  });

  it.skipIf(!browser)('opens the pipeline that the address names, with its branches in frames', async () => {
    const report = sampleReport(80);
    const pipeline = report.pipelines[3]!;
    const page = await open(report, `#pipeline=${encodeURIComponent(pipeline.name)}`);
    expect(await page.locator('#detail h2').textContent()).toBe(pipeline.displayName);
    expect(await page.locator('svg.graph .frame text').allTextContents()).toEqual(['On error', 'Finally']);
    const source = page.getByRole('link', { name: 'Open in the source' });
    expect(await source.getAttribute('href')).toBe(pipeline.sourceUrl);
  });

  it.skipIf(!browser)(
    'shows hostile names as text: nothing runs, nothing is loaded, no link leads to a script',
    async () => {
      const report = hostileReport();
      const page = await open(report, `#pipeline=${encodeURIComponent(report.pipelines[0]!.name)}`);
      const name = report.pipelines[0]!.name.replace(/\s+/g, ' ').trim();
      expect(((await page.locator('#detail h2').textContent()) ?? '').replace(/\s+/g, ' ').trim()).toBe(name);
      expect(await page.locator('svg.graph .task').count()).toBe(2);
      expect(await page.locator('svg.graph path.arrow').count()).toBe(1);
      for (const element of await page.locator('#detail *, #overview *').all())
        await element.dispatchEvent('mouseover');
      expect(await page.locator('img, script:not([id]) + script, [onmouseover], [onerror]').count()).toBe(0);
      const targets = await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      expect(targets.filter((target) => !/^(https?:|#)/.test(target ?? ''))).toEqual([]);
    },
  );

  it.skipIf(!browser)('holds 1,000 pipelines', async () => {
    const page = await open(sampleReport(1_000));
    await page.getByRole('searchbox').fill('orders');
    expect(await page.locator('#pipelines tbody tr:not([hidden])').count()).toBeGreaterThan(50);
    await page.locator('#pipelines tbody tr:not([hidden]) td.name a').first().click();
    expect(await page.locator('svg.graph .task').count()).toBeGreaterThan(2);
  });

  it.skipIf(!browser)('fits narrow and wide windows, light and dark, and leaves pictures of it', async () => {
    const report = sampleReport(80);
    const page = await open(report);
    for (const index of [undefined, 3, 7, 2]) {
      const name = index === undefined ? 'overview' : `pipeline-${index}`;
      const fragment = index === undefined ? '' : `#pipeline=${encodeURIComponent(report.pipelines[index]!.name)}`;
      await page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
      await page.locator(index === undefined ? '#overview' : 'svg.graph').waitFor();
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [700, 'dark'],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 1000 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        const path = join(chromium.folder, `${name}-${colorScheme}-${width}.png`);
        await page.screenshot({ path, fullPage: keepsScreenshots && index === undefined });
        expect(statSync(path).size).toBeGreaterThan(10_000);
      }
    }
  });
});
