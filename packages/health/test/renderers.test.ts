import { describe, expect, it } from 'vitest';
import {
  createHealth,
  exceeds,
  renderHealthHtml,
  renderHealthJson,
  renderHealthMarkdown,
  renderHealthText,
  slackPayload,
} from '../src/index.js';
import { pipeline, run, since, took, types, until } from './events.js';
import { evil, hostileReport, sampleReport } from './sample-report.js';

const report = sampleReport();
const empty = createHealth({ since, until }).report();
const columnsOf = (line: string): string[] => line.trim().split(/ {2,}/);

describe('renderHealthJson', () => {
  it('gives back the same report when it is read', () => {
    expect(JSON.parse(renderHealthJson(report))).toEqual(report);
    expect(report.formatVersion).toBe(1);
  });
});

describe('renderHealthText', () => {
  const text = renderHealthText(report, { width: 160 });
  const line = (start: string): string => text.split('\n').find((each) => each.startsWith(start))!;

  it('begins with the health, the window and the totals', () => {
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Plugin health: CRITICAL',
      '2026-11-15 00:00:00 UTC to 2026-11-22 00:00:00 UTC, against the 7 d before',
      '2 pipelines (1 more disabled), 412 runs, 814 task runs: 3 failed (0.36%), 1 open',
    ]);
  });

  it('has a row for each plugin and its types that ran, the most used first', () => {
    expect(columnsOf(line('  '))).toEqual([
      'health',
      'runs',
      'failed',
      'rate',
      'open',
      'p50',
      'p95',
      'mean',
      'retries',
      'runs ±',
      'rate ±',
      'p95 ±',
    ]);
    expect(columnsOf(line(types.http))).toEqual([
      types.http,
      'WARNING',
      '400',
      '2',
      '0.50%',
      '0',
      '299 ms',
      '479 ms',
      '300 ms',
      '0',
      'new',
      '-',
      '-',
    ]);
    expect(columnsOf(line('  Query'))).toEqual([
      'Query',
      'CRITICAL',
      '11',
      '1',
      '9.0%',
      '0',
      '14 min',
      '19 min',
      '14 min',
      '0',
      '+22%',
      '-13.1 pp',
      '+138%',
    ]);
    expect(line(types.log)).toContain('HEALTHY');
    expect(text.indexOf(types.http)).toBeLessThan(text.indexOf('  Query'));
  });

  it('names what is missing, unused and of unknown type, and says what it did not look at', () => {
    expect(text).toContain(`Used but not installed (1 type)\n  ${types.copy}: breaks sales.load\n`);
    expect(text).toContain(
      'Installed but unused (2 plugins)\n  x.y: all 2 types, 1 named by disabled pipelines\n  x.z: all 1 type\n',
    );
    expect(text).toContain('Task runs of unknown type (1, 0 failed)\n  1  sales.load revision 1: before\n');
    expect(text).toContain('3 further attempts may be iterations of loops');
    expect(renderHealthText(empty)).toContain('Which plugins are installed was not asked');
    expect(renderHealthText(empty)).toContain('No task types.');
  });

  it('lists no more items than asked for and counts the rest', () => {
    expect(renderHealthText(report, { items: 1 })).toContain('  and 1 more\n');
  });

  it('stays within the width and keeps the columns that matter most', () => {
    for (const width of [60, 80, 100, 200]) {
      for (const each of [report, hostileReport()]) {
        const lines = renderHealthText(each, { width }).split('\n');
        expect(Math.max(...lines.map((item) => Array.from(item).length))).toBeLessThanOrEqual(width);
      }
    }
    expect(renderHealthText(report, { width: 80 })).toMatch(/^ +health +runs +failed +rate/m);
  });

  it('uses the colours it is given and no others', () => {
    const mark = (name: string) => (piece: string) => `<${name}>${piece}</${name}>`;
    const colours = { bold: mark('b'), dim: mark('d'), green: mark('g'), yellow: mark('y'), red: mark('r') };
    const coloured = renderHealthText(report, { colours, width: 160 });
    expect(coloured).toContain('<r><b>Plugin health: CRITICAL</b></r>');
    expect(coloured).toMatch(/<y>WARNING *<\/y>/);
    expect(coloured.replace(/<\/?[bdgyr]>/g, '')).toBe(text);
  });

  it('lets no name drive the terminal or forge a line', () => {
    const hostile = renderHealthText(hostileReport(), { width: 5_000 });
    expect(hostile).toContain('\ufffd[2J\ufffd');
    expect(hostile.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u202e]/u);
    expect(hostile).not.toMatch(/^# b/m);
  });
});

describe('renderHealthMarkdown', () => {
  it('has tables as wide as their header, whatever the names', () => {
    for (const each of [report, hostileReport()]) {
      const tables = renderHealthMarkdown(each)
        .split('\n\n')
        .filter((block) => block.startsWith('| '));
      expect(tables).toHaveLength(3);
      for (const table of tables) {
        const widths = table.split('\n').map((row) => row.match(/(?<!\\)\|/g)!.length);
        expect(new Set(widths).size).toBe(1);
      }
    }
  });

  it('escapes what could be markup', () => {
    const text = renderHealthMarkdown(hostileReport());
    expect(text).toContain('&lt;img src=x onerror=alert(3)>');
    expect(text).toContain('b\\|c\\`d\\`\\*e\\*\\_f\\_\\[g\\](javascript:alert(4)) &lt;\\!channel> &#64;here');
    expect(text).not.toMatch(/^# b/m);
    expect(text).not.toMatch(/<[a-z!/]/i);
  });

  it('names the pipelines that a missing plugin breaks', () => {
    expect(renderHealthMarkdown(report)).toContain(`- **${types.copy}** breaks 1 pipeline: sales.load`);
  });
});

describe('renderHealthHtml', () => {
  it('makes no markup of names and has neither script nor link nor inline style', () => {
    for (const each of [report, hostileReport(), empty]) {
      const page = renderHealthHtml(each);
      expect(page).not.toMatch(/<(script|img|a|iframe)[\s>]/i);
      expect(page).not.toMatch(/<[^>]*\s(style|on\w+)=/i);
      expect(page.match(/<style>/g)).toHaveLength(1);
      expect(page.match(/<\/style>/g)).toHaveLength(1);
    }
    expect(renderHealthHtml(hostileReport())).toContain('&lt;img src=x onerror=alert(3)&gt;');
  });

  it('shows what the text shows', () => {
    const page = renderHealthHtml(report).replaceAll('<wbr>', '');
    for (const part of [
      'CRITICAL',
      types.http,
      types.copy,
      'sales.load',
      'x.z.Never',
      '0.50%',
      '19 min',
      '+138%',
      'revision 1',
    ]) {
      expect(page).toContain(part);
    }
  });
});

describe('slackPayload', () => {
  const textsOf = (payload: ReturnType<typeof slackPayload>): string[] =>
    payload.blocks
      .flatMap((block) => (block.type === 'context' ? block.elements : [block.text]))
      .map(({ text }) => text);

  it('says health, totals, what is missing and the top lists, and links the whole report', () => {
    const payload = slackPayload(report, { link: 'https://ci.example/health.html?a=1&b=2' });
    expect(payload.text).toBe(`Plugin health: CRITICAL. ${renderHealthText(report, { width: 200 }).split('\n')[2]}`);
    expect(payload.blocks[0]).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: 'Plugin health: CRITICAL' },
    });
    const texts = textsOf(payload);
    expect(texts).toContain(`*Used but not installed (1 type)*\n• \`${types.copy}\` breaks \`sales.load\``);
    expect(texts).toContain(
      `*Most failures*\n• :large_yellow_circle: \`${types.http}\` 2 failed (0.50%), new\n• :red_circle: \`${types.query}\` 1 failed (9.0%), runs +22%, p95 19 min (+138%)`,
    );
    expect(texts.at(-1)).toBe('<https://ci.example/health.html?a=1&amp;b=2|Full report>');
  });

  it.each(['javascript:alert(1)', 'https://user:secret@ci.example/', 'no address'])('makes no link of %s', (link) => {
    expect(JSON.stringify(slackPayload(report, { link }))).not.toContain('Full report');
  });

  it('lets no name become markup, a link or a mention', () => {
    const payload = slackPayload(hostileReport(), { link: 'https://ci.example/a|b>c' });
    const texts = textsOf(payload);
    expect(texts.at(-1)).toBe('<https://ci.example/a%7Cb%3Ec|Full report>');
    for (const text of texts.slice(0, -1)) {
      expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      for (const line of text.split('\n')) expect((line.match(/`/g) ?? []).length % 2).toBe(0);
    }
    expect(JSON.stringify(payload)).not.toMatch(/\\u001b|\\u202e|\\ud800/i);
    const unsafe = payload.blocks.flatMap((block) =>
      block.type === 'context' ? block.elements : block.type === 'section' ? [block.text] : [],
    );
    expect(unsafe.every(({ verbatim }) => verbatim)).toBe(true);
  });

  it('keeps a name in its code, backticks or not', () => {
    const health = createHealth({ since, until });
    health.pipeline(pipeline('a', { t: 'x.`*b' }));
    health.run(run('a', [took('t', 5)]));
    expect(textsOf(slackPayload(health.report()))).toContain(
      "*Most used*\n• :large_green_circle: `x.'*b` 1 task run, new",
    );
  });

  it('stays within what Slack takes, with very many and very long names', () => {
    const health = createHealth({ since, until });
    for (let index = 0; index < 300; index++) {
      const type = `${'&'.repeat(300)}.t${index}`;
      health.pipeline(pipeline(`${'<'.repeat(500)}${index}`, { t: type, u: 'x.common' }));
      health.run(run(`${'<'.repeat(500)}${index}`, [took('t', index, { state: 'failed' })]));
    }
    health.installed(Array.from({ length: 300 }, (_, index) => `${'>'.repeat(400)}${index}.x`));
    const payload = slackPayload(health.report(), { link: `https://ci.example/${'&'.repeat(2_999)}` });
    expect(payload.blocks.length).toBeLessThanOrEqual(50);
    for (const text of [payload.text, ...textsOf(payload)]) expect(text.length).toBeLessThanOrEqual(3_000);
    for (const block of payload.blocks) {
      if (block.type === 'context') expect(block.elements.length).toBeLessThanOrEqual(10);
    }
  });
});

describe('every rendering', () => {
  it('is the same each time, and of nothing too', () => {
    for (const render of [renderHealthText, renderHealthMarkdown, renderHealthHtml, renderHealthJson]) {
      expect(render(sampleReport())).toBe(render(report));
      expect(render(empty)).toMatch(/\n$/);
      expect(render(hostileReport())).toContain('');
    }
    expect(slackPayload(sampleReport())).toEqual(slackPayload(report));
  });

  it('keeps names that only look like properties of objects', () => {
    const names = hostileReport().types.map(({ type }) => type);
    expect(names).toEqual(expect.arrayContaining(['constructor', `${evil}.__proto__`]));
  });
});

describe('exceeds', () => {
  const of = (failures: number, successes: number, installed?: string[]) => {
    const health = createHealth({ since, until });
    health.pipeline(pipeline('a', { t: types.log }));
    for (let index = 0; index < failures; index++) health.run(run('a', [took('t', 1, { state: 'failed' })]));
    for (let index = 0; index < successes; index++) health.run(run('a', [took('t', 1)]));
    if (installed) health.installed(installed);
    return health.report();
  };

  it('compares the worst type with the level', () => {
    const levels = [of(0, 5), of(1, 150), of(1, 50)].map((each) => [
      exceeds(each, 'warning'),
      exceeds(each, 'critical'),
    ]);
    expect(levels).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });

  it('takes a missing plugin for critical, and nothing for no reason to stop', () => {
    expect(exceeds(of(0, 5, ['other.Type']), 'critical')).toBe(true);
    expect(exceeds(of(0, 5, [types.log]), 'warning')).toBe(false);
    expect(exceeds(of(0, 0), 'warning')).toBe(false);
  });
});
