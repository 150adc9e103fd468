import { createRedactor } from '@flowmeta/redact';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../test/fake-host.js';
import { progressDisplay } from './progress.js';
import { createTerminal } from './terminal.js';

const progress = (elapsed: number, runs = 0) => ({ phase: 'runs' as const, pipelines: 3, runs, writes: 5, elapsed });

describe('createTerminal', () => {
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
