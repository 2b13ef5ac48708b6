import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ALERT_CASES } from './alert-cases.ts';
import { namedIn, namesInExpressions } from './documented-metrics.ts';

const RULES = 'docs/operations/alerts.yaml';

const rulesFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({
            summary: z.string().min(10),
            description: z.string().min(20),
            runbook_url: z.string(),
          }),
        }),
      ),
    }),
  ),
});

const alerts = rulesFile.parse(parse(await readFile(RULES, 'utf8'))).groups.flatMap(({ rules }) => rules);
const runbooks = await readFile('docs/operations/runbooks.md', 'utf8');

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
const anchors = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe.each(alerts)('the alert $alert', ({ alert, expr, annotations }) => {
  it('names metrics that exist', () => {
    expect(namedIn(expr)).not.toEqual([]);
    expect(namedIn(expr).filter((name) => !namesInExpressions().has(name))).toEqual([]);
  });

  it('leads to a runbook that is there', () => {
    expect(anchors.map((anchor) => `${'docs/operations/runbooks.md'}#${anchor}`)).toContain(
      annotations.runbook_url,
    );
  });

  it('has a case in which it fires, and one in which it does not', () => {
    expect(ALERT_CASES[alert]).toBeDefined();
  });
});

const promtoolIsThere = spawnSync('promtool', ['--version']).status === 0;
const describeWithPromtool = promtoolIsThere ? describe : describe.skip;
const promtool = (args: string[]) => promisify(execFile)('promtool', args);

describeWithPromtool(
  promtoolIsThere ? 'to Prometheus' : 'to Prometheus: needs promtool (Debian: apt-get install prometheus)',
  () => {
    it('the rules are rules', async () => {
      expect((await promtool(['check', 'rules', RULES])).stdout).toContain(`${alerts.length} rules found`);
    });

    it('each fires when it should, and else does not', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'rally-alerts-'));
      try {
        const file = join(directory, 'cases.yaml');
        await writeFile(file, JSON.stringify({ rule_files: [resolve(RULES)], tests: casesForPromtool() }));
        expect((await promtool(['test', 'rules', file])).stdout).toContain('SUCCESS');
      } finally {
        await rm(directory, { recursive: true });
      }
    });
  },
);

type Series = Readonly<Record<string, string>>;

const casesForPromtool = () =>
  Object.entries(ALERT_CASES).flatMap(([alert, { fires, quiet, after = '20m' }]) => [
    caseOf(alert, fires, after, [{ labels: '{}', value: 1 }]),
    caseOf(alert, quiet, after, []),
  ]);

const caseOf = (alert: string, series: Series, after: string, samples: readonly object[]) => ({
  interval: '15s',
  input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
  promql_expr_test: [
    {
      expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
      eval_time: after,
      exp_samples: samples,
    },
  ],
});
