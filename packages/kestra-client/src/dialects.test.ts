import { kestraVersions } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { canonicalType, decodeProperty, dialectFor, dialects, normaliseUrl } from './index.js';

describe('dialectFor', () => {
  it('knows each version’s row', () => {
    const rows: [string, string][] = [
      ['0.17.0', '0.17'],
      ['0.19.16', '0.18'],
      ['0.20.5', '0.20'],
      ['0.22.31', '0.22'],
      ['v0.23.18', '0.23'],
      ['0.24.8', '0.24'],
      ['1.0.3', '1.0'],
      ['1.3.26', '1.1'],
      ['2.0.0-SNAPSHOT', '2.0'],
    ];
    for (const [version, from] of rows) expect(dialectFor(version), version).toMatchObject({ dialect: { from } });
    for (const [version] of rows) expect(dialectFor(version)!.warning).toBeUndefined();
  });

  it('is verified for exactly the minor versions that were recorded', () => {
    const recorded = new Set(kestraVersions.map((version) => version.split('.').slice(0, 2).join('.')));
    expect(new Set(dialects.filter((row) => row.verified).map((row) => row.from))).toEqual(recorded);
  });

  it('scopes paths and hides old runs from 0.23 on, and filters from 0.22 on', () => {
    const of = (version: string) => dialectFor(version)!.dialect;
    expect([of('0.22.0').tenantInPath, of('0.23.0').tenantInPath]).toEqual([false, true]);
    expect([of('0.22.0').implicitWindowDays, of('0.23.0').implicitWindowDays]).toEqual([0, 8]);
    expect([of('0.21.0').filters, of('0.22.0').filters]).toEqual(['legacy', 'filters']);
    expect([of('1.3.0').searchHasTaskRuns, of('2.0.0').searchHasTaskRuns]).toEqual([true, false]);
  });

  it('warns of versions beyond the table and gives up on names', () => {
    expect(dialectFor('3.1.0')).toMatchObject({ dialect: { from: '2.0' }, warning: expect.stringContaining('newer') });
    expect(dialectFor('0.16.2')).toMatchObject({
      dialect: { from: '0.17' },
      warning: expect.stringContaining('older'),
    });
    for (const name of ['develop', '', 'latest']) expect(dialectFor(name)).toBeUndefined();
  });
});

describe('canonicalType', () => {
  it('gives each alias its one name', () => {
    const names: Record<string, string> = {
      'io.kestra.core.tasks.flows.Parallel': 'io.kestra.plugin.core.flow.Parallel',
      'io.kestra.core.tasks.flows.Flow': 'io.kestra.plugin.core.flow.Subflow',
      'io.kestra.core.tasks.flows.Worker': 'io.kestra.plugin.core.flow.WorkingDirectory',
      'io.kestra.plugin.core.flow.WaitFor': 'io.kestra.plugin.core.flow.LoopUntil',
      'io.kestra.core.tasks.debugs.Return': 'io.kestra.plugin.core.debug.Return',
      'io.kestra.core.tasks.executions.Counts': 'io.kestra.plugin.core.execution.Count',
      'io.kestra.core.tasks.storages.Purge': 'io.kestra.plugin.core.execution.PurgeExecutions',
      'io.kestra.plugin.fs.http.Request': 'io.kestra.plugin.core.http.Request',
      'io.kestra.core.models.triggers.types.Schedule': 'io.kestra.plugin.core.trigger.Schedule',
      'io.kestra.core.models.conditions.types.ExecutionFlowCondition': 'io.kestra.plugin.core.condition.ExecutionFlow',
      'io.kestra.plugin.core.condition.ExecutionStatusCondition': 'io.kestra.plugin.core.condition.ExecutionStatus',
      'io.kestra.plugin.core.condition.ExecutionStatus': 'io.kestra.plugin.core.condition.ExecutionStatus',
      'io.kestra.core.models.conditions.types.VariableCondition': 'io.kestra.plugin.core.condition.Expression',
      'io.kestra.plugin.core.condition.ExpressionCondition': 'io.kestra.plugin.core.condition.Expression',
      'io.kestra.core.models.conditions.types.MultipleCondition': 'io.kestra.plugin.core.condition.MultipleCondition',
      'io.kestra.plugin.core.condition.FlowNamespaceCondition':
        'io.kestra.plugin.core.condition.FlowNamespaceCondition',
      'io.kestra.plugin.jdbc.postgresql.Query': 'io.kestra.plugin.jdbc.postgresql.Query',
      'io.kestra.plugin.fs.sftp.Download': 'io.kestra.plugin.fs.sftp.Download',
    };
    for (const [alias, name] of Object.entries(names)) {
      expect(canonicalType(alias)).toBe(name);
      expect(canonicalType(name)).toBe(name);
    }
  });
});

describe('normaliseUrl', () => {
  it('finds the root in what people paste', () => {
    const roots: Record<string, string> = {
      'http://h:8080': 'http://h:8080',
      ' https://h/ ': 'https://h',
      'https://h/ui/main/flows/edit/a/b?x=1#y': 'https://h',
      'https://h/kestra/ui/': 'https://h/kestra',
      'https://h/kestra//api/v1/main': 'https://h/kestra',
      'https://me:pw@h/kestra/': 'https://h/kestra',
      'https://h/uikit': 'https://h/uikit',
      'https://h/api': 'https://h/api',
    };
    for (const [url, root] of Object.entries(roots)) expect(normaliseUrl(url), url).toBe(root);
  });

  it('refuses what is no http(s) address, without repeating it', () => {
    for (const url of ['h:8080', '', 'ftp://h', 'localhost:8080', 'me:s3cretword@h']) {
      expect(() => normaliseUrl(url)).toThrow(/^(?!.*s3cretword)the Kestra address is no http/);
    }
  });
});

describe('decodeProperty', () => {
  it('decodes lists and maps that came as JSON in a string, and nothing else', () => {
    expect(decodeProperty('["SUCCESS","WARNING"]')).toEqual(['SUCCESS', 'WARNING']);
    expect(decodeProperty('{"a":1}')).toEqual({ a: 1 });
    for (const value of ['{{ inputs.x }}', 'SUCCESS', '12', '[x', 5, null, ['a']])
      expect(decodeProperty(value)).toBe(value);
  });
});
