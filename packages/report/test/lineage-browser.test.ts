import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml, renderLineageHtml } from '../src/index.js';
import { browser, Chromium } from './chromium.js';
import { hostileLineage } from './hostile-lineage.js';
import { sampleLineage } from './sample-lineage.js';
import { sampleReport } from './sample-report.js';

const chromium = new Chromium();
const orders = `#lineage=${encodeURIComponent('analytics-prod.core.orders')}`;

async function lit(page: Page, side: string): Promise<string[]> {
  const labels = await page.locator(`#lineage-drawing .box.${side}:not(.step) .label`).allTextContents();
  return [...new Set(labels)].sort();
}

async function viewBox(page: Page): Promise<number[]> {
  return (await page.locator('#lineage-drawing').getAttribute('viewBox'))!.split(' ').map(Number);
}

async function opacity(page: Page, selector: string): Promise<number> {
  return page.evaluate(`Number(getComputedStyle(document.querySelector('#lineage-drawing ${selector}')).opacity)`);
}

describe.skipIf(!browser)('the lineage in a browser', () => {
  beforeAll(() => chromium.start());

  afterEach(async () => {
    await chromium.closePages();
    expect(chromium.noises.splice(0)).toEqual([]);
  });

  afterAll(() => chromium.stop());

  it('lights up what leads to and follows from a clicked box, dims the rest, and forgets it at Esc', async () => {
    const page = await chromium.open(renderLineageHtml(sampleLineage(200)));
    await page.locator('.box.table', { hasText: 'stg_orders' }).first().click();
    await page.locator('.chosen').waitFor();
    expect(await lit(page, 'self')).toEqual(['stg_orders']);
    expect(await lit(page, 'up')).toEqual(['orders', 'orders/']);
    expect(await lit(page, 'down')).toEqual(['orders', 'orders.changed', 'sales_orders_daily', 'sales_overview']);
    expect(await opacity(page, '.box:not(.up, .down, .self)')).toBeLessThan(0.5);
    expect(await page.locator('.chosen h3').textContent()).toBe('analytics-prod.staging.stg_orders');
    expect(await page.locator('#lineage-edges > li:visible .ends').count()).toBe(2);

    await page.keyboard.press('Escape');
    await page.locator('.chosen').waitFor({ state: 'detached' });
    expect(await lit(page, 'self')).toEqual([]);
    expect(await opacity(page, '.box')).toBe(1);
    expect(await page.locator('#lineage-edges > li:not([hidden])').count()).toBeGreaterThan(100);
  });

  it('selects a pipeline with all its steps, and draws only what belongs to it when asked', async () => {
    const page = await chromium.open(renderLineageHtml(sampleLineage(200)));
    await page.locator('.box.step', { hasText: 'load_orders' }).first().click();
    await page.locator('.chosen').waitFor();
    expect(await page.locator('.chosen h3').textContent()).toBe('company.sales.load_orders');
    expect(await page.locator('.box.self').count()).toBe(3);
    await page.getByRole('button', { name: 'Only this' }).click();
    const shown = page.locator('#lineage-drawing .part .box');
    expect(await shown.count()).toBeGreaterThan(8);
    expect(await shown.count()).toBeLessThan(20);
    expect(await page.locator('#lineage-all').isVisible()).toBe(false);
    const areas = await shown
      .locator('rect')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    areas.forEach((area, index) => {
      for (const other of areas.slice(index + 1)) {
        const apart =
          area.right <= other.left || other.right <= area.left || area.bottom <= other.top || other.bottom <= area.top;
        expect(apart).toBe(true);
      }
    });
    await page.keyboard.press('Escape');
    await page.locator('#lineage-all').waitFor();
  });

  it('finds by name, marks what it finds and goes to the first at Enter', async () => {
    const page = await chromium.open(renderLineageHtml(sampleLineage(200)));
    await page.getByRole('combobox').fill('marts sales');
    const found = page.locator('#lineage-hits a');
    expect(await found.first().textContent()).toContain('sales_orders_daily');
    expect(await page.locator('.box.hit').count()).toBe(await found.count());
    await page.keyboard.press('Enter');
    await page.locator('.chosen').waitFor();
    expect(await page.locator('.chosen h3').textContent()).toBe('analytics-prod.marts.sales_orders_daily');
    expect(await page.locator('#lineage-hits').isVisible()).toBe(false);
    await page.getByRole('combobox').fill('no such thing');
    expect(await page.getByText('Nothing has this name.').isVisible()).toBe(true);
  });

  it('zooms with wheel and buttons about the pointer, pans by dragging, and fits', async () => {
    const page = await chromium.open(renderLineageHtml(sampleLineage(200)));
    const area = (await page.locator('#lineage-canvas').boundingBox())!;
    const before = await viewBox(page);
    await page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
    await page.mouse.wheel(0, -200);
    await expect.poll(() => viewBox(page).then(([, , width]) => width)).toBeLessThan(before[2]!);
    const near = await viewBox(page);
    expect(near[0]! + near[2]! / 2).toBeCloseTo(before[0]! + before[2]! / 2, 0);
    await page.getByRole('button', { name: 'Zoom out' }).click();
    expect((await viewBox(page))[2]).toBeGreaterThan(near[2]!);

    const still = await viewBox(page);
    await page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width / 2 - 150, area.y + area.height / 2 - 60, { steps: 4 });
    await page.mouse.up();
    const moved = await viewBox(page);
    expect(moved[0]).toBeGreaterThan(still[0]!);
    expect(moved[1]).toBeGreaterThan(still[1]!);
    expect(await page.locator('.chosen').count()).toBe(0);

    await page.getByRole('button', { name: 'Fit' }).click();
    const corners = await page
      .locator('#lineage-drawing .box rect')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    for (const { left, top, right, bottom } of corners) {
      expect(left >= area.x && top >= area.y && right <= area.x + area.width && bottom <= area.y + area.height).toBe(
        true,
      );
    }
  });

  it('can be walked with the keyboard alone', async () => {
    const page = await chromium.open(renderLineageHtml(sampleLineage(40)));
    await page.locator('#zoom-in').focus();
    await page.keyboard.press('Tab');
    const focused = (): Promise<string> => page.evaluate('document.activeElement.getAttribute("aria-label")');
    const first = await focused();
    expect(first).toMatch(/^table shop\.public\./);
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/^step of pipeline company\./);
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(first);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).not.toBe(first);
    await page.keyboard.press('Enter');
    await page.locator('.chosen').waitFor();
    expect(await page.locator('.box.self').getAttribute('aria-pressed')).toBe('true');
  });

  it('draws of a very large graph only what surrounds the selected, and says what it leaves out', async () => {
    const page = await chromium.open(renderLineageHtml(sampleLineage(2_000)));
    expect(await page.locator('#lineage-drawing .box').count()).toBe(0);
    expect(await page.getByText('nodes are too many to draw at once').isVisible()).toBe(true);
    await page.getByRole('combobox').fill('stg_orders');
    await page.keyboard.press('Enter');
    await page.locator('.part .box.self').waitFor();
    expect(await page.locator('#lineage-drawing .box').count()).toBeGreaterThan(5);
    expect(await page.locator('#lineage-start').isVisible()).toBe(false);
    await page.locator('.part .box.down.table').first().click();
    await page.locator('.chosen h3', { hasText: 'analytics-prod.core.orders' }).waitFor();
    await page.goBack();
    await page.locator('.chosen h3', { hasText: 'stg_orders' }).waitFor();
  });

  it('is a tab of the run report, which leads to a pipeline’s details and back', async () => {
    const lineage = sampleLineage(40);
    const report = sampleReport(8);
    const [pipeline] = report.pipelines;
    const name = 'company.sales.load_orders';
    const page = await chromium.open(renderHtml({ ...report, pipelines: [{ ...pipeline!, name }], lineage }));
    expect(await page.locator('#lineage').isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Lineage' }).click();
    await page.locator('#lineage-drawing .box').first().waitFor();
    expect(await page.locator('#overview').isVisible()).toBe(false);
    await page.locator('.box.pipeline', { hasText: 'load_orders' }).click();
    await page.getByRole('link', { name: 'Runs and tasks' }).click();
    await page.locator('#detail h2').waitFor();
    expect(await page.locator('#lineage').isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Show its lineage' }).click();
    await page.locator('.chosen h3', { hasText: name }).waitFor();
    await page.getByRole('link', { name: 'Run', exact: true }).click();
    await page.getByRole('link', { name: '6 not resolved' }).click();
    await page.locator('#lineage-gaps').waitFor();
  });

  it('shows hostile names as text: nothing runs, nothing is loaded, no link leads to a script', async () => {
    const lineage = hostileLineage();
    for (const html of [renderLineageHtml(lineage), renderHtml({ ...sampleReport(1), lineage })]) {
      const page = await chromium.open(html, '#lineage');
      for (const box of await page.locator('#lineage-drawing .box').all()) {
        await box.dispatchEvent('click');
        await page.locator('.chosen').waitFor();
        expect(await page.locator('.chosen h3').textContent()).toContain('</script>');
      }
      await page.locator('#lineage-only').click();
      await page.locator('#lineage-search').fill('alert');
      for (const element of await page.locator('#lineage *').all()) await element.dispatchEvent('mouseover');
      expect(await page.locator('img, [onmouseover], [onerror]').count()).toBe(0);
      const targets = await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      expect(targets.filter((target) => !/^(https?:|#)/.test(target ?? ''))).toEqual([]);
    }
  });

  it('fits narrow and wide windows, light and dark, and leaves pictures of it', async () => {
    const page = await chromium.open(renderLineageHtml(sampleLineage(200), { title: 'Lineage of company' }), orders);
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [1440, 'dark'],
      [700, 'light'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const path = join(chromium.folder, `lineage-${colorScheme}-${width}.png`);
      await page.screenshot({ path });
      expect(statSync(path).size).toBeGreaterThan(10_000);
    }
  });
});
