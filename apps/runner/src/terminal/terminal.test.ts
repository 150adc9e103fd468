import { createRedactor } from '@flowmeta/redact';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../test/fake-host.js';
import { progressDisplay } from './progress.js';
import { createTerminal } from './terminal.js';

const progress = (elapsed: number, runs = 0) => ({ phase: 'runs' as const, pipelines: 3, runs, writes: 5, elapsed });

describe('createTerminal', () => {
  it('prints data as it is, which redacting its text could break', () => {
    const { host, written } = fakeHost();
    const terminal = createTerminal(host);
    terminal.hide(createRedactor());
    const json = JSON.stringify({ message: 'token: {', other: 'x' });
    terminal.printData(json);
    expect(written.stdout).toBe(json);
    terminal.print('token: abc12345');
    expect(written.stdout).toBe(`${json}token: ***`);
  });

  it('logs from its level on, to stderr, without secrets', () => {
    const { host, written } = fakeHost();
    const terminal = createTerminal(host);
    terminal.hide(createRedactor(['hunter22']));
    terminal.log('DEBUG', 'unseen');
    terminal.log('WARN', 'the password is hunter22');
    terminal.setLevel('ERROR');
    terminal.log('WARN', 'unseen');
    expect(written).toEqual({ stdout: '', stderr: 'warning: the password is ***\n' });
  });

  it('lets nobody drive the terminal, nor write a line that looks like one of ours', () => {
    const { host, written } = fakeHost({ isTTY: true, environment: { NO_COLOR: '1' } });
    const terminal = createTerminal(host);
    const text = 'a\u001b[2Jb\u009b31mc\u0007\u202ed\r\nerror: forged\rerror: forged\u2028error: forged\n';
    terminal.log('WARN', text);
    terminal.error({ what: text, why: text, todo: text });
    terminal.live(text);
    expect(written.stderr).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}|\u2028/u);
    expect(written.stderr).not.toMatch(/^error: forged/m);
    expect(written.stderr).toMatch(/^warning: a.\[2Jb.31mc..d\n {2}error: forged.error: forged.error: forged\n/);
  });

  it('shows its live line on a terminal that knows no width', () => {
    const { host, written } = fakeHost({ isTTY: true, columns: 0 });
    createTerminal(host).live('x'.repeat(200));
    expect(written.stderr).toBe('x'.repeat(79));
  });

  it('redraws its live line below what is logged, and takes it away', () => {
    const { host, written } = fakeHost({ isTTY: true, environment: { NO_COLOR: '1' } });
    const terminal = createTerminal(host);
    terminal.live('working');
    terminal.log('INFO', 'hello');
    terminal.live(undefined);
    expect(written.stderr).toBe('working\r\u001b[2Khello\nworking\r\u001b[2K');
  });

  it('has no live line where there is no terminal', () => {
    const { host, written } = fakeHost();
    createTerminal(host).live('working');
    expect(written.stderr).toBe('');
  });
});

describe('createTerminal with the format json', () => {
  const open = (options = {}) => {
    const { host, written } = fakeHost({ from: Date.UTC(2026, 10, 22, 12), ...options });
    const lines = () =>
      written.stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
    return { terminal: createTerminal(host, { format: 'json' }), lines, written };
  };

  it('logs an object per line with time, level, run and what it is about', () => {
    const { terminal, lines } = open();
    terminal.log('DEBUG', 'unseen');
    terminal.log('INFO', 'before the run');
    terminal.setRun('run-1');
    terminal.log('WARN', 'one line\nand another', { ref: 'company.team.daily', hint: undefined, count: 2 });
    terminal.error({ what: 'it is wrong', why: 'kestra.yaml:3', todo: 'Mend it.' });
    const time = expect.stringMatching(/^2026-11-22T12:00:\d\d\.\d{3}Z$/);
    expect(lines()).toEqual([
      { time, level: 'info', message: 'before the run' },
      { time, level: 'warn', runId: 'run-1', message: 'one line\nand another', ref: 'company.team.daily', count: 2 },
      { time, level: 'error', runId: 'run-1', message: 'it is wrong', why: 'kestra.yaml:3', hint: 'Mend it.' },
    ]);
  });

  it('holds nothing that drives a terminal, and reads as what was logged', () => {
    const { terminal, lines, written } = open();
    const message = 'a\u001b[2Jb\u009b31mc\u202ed\u2028e\u{e0001}f\u007f';
    terminal.log('WARN', message);
    expect(lines()).toMatchObject([{ message }]);
    expect(written.stderr.trimEnd()).not.toMatch(/\p{Cc}|\p{Cf}|\u2028/u);
  });

  it('hides secrets and stays JSON', () => {
    const { terminal, lines, written } = open();
    terminal.hide(createRedactor(['hunter22"}']));
    terminal.log('WARN', 'the password is hunter22"}', { ref: 'hunter22"}' });
    expect(lines()).toMatchObject([{ message: 'the password is ***', ref: '***' }]);
    expect(written.stderr).not.toContain('hunter22');
  });

  it('has neither colours nor a live line, not even on a terminal', () => {
    const { terminal, lines, written } = open({ isTTY: true, environment: { FORCE_COLOR: '1' } });
    terminal.live('working');
    terminal.log('ERROR', 'broken');
    expect(lines()).toHaveLength(1);
    expect(written.stderr).not.toContain('\u001b');
  });
});

describe('progressDisplay', () => {
  it('shows a live line with counts and rate on a terminal', () => {
    const { host, written } = fakeHost({ isTTY: true });
    const show = progressDisplay(createTerminal(host));
    show(progress(1000, 100));
    show(progress(2000, 300));
    expect(written.stderr).toContain('reading runs … 3 pipelines · 300 runs · 5 writes · 200 runs/s · 2.0 s');
  });

  it('says a plain line every ten seconds elsewhere', () => {
    const { host, written } = fakeHost();
    const show = progressDisplay(createTerminal(host));
    for (let elapsed = 0; elapsed <= 60_000; elapsed += 250) show(progress(elapsed));
    expect(written.stderr.split('\n').filter(Boolean)).toHaveLength(6);
  });
});
