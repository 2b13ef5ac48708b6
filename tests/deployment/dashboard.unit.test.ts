import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { namedIn, namesInExpressions } from './documented-metrics.ts';

const place = z.strictObject({ h: z.int(), w: z.int(), x: z.int(), y: z.int() });
const id = z.int().positive();
const row = z.object({ id, type: z.literal('row'), title: z.string().endsWith('?'), gridPos: place });
const panel = z.object({
  id,
  type: z.literal('timeseries'),
  title: z.string().min(5),
  description: z.string().min(20),
  gridPos: place,
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }),
  targets: z.array(z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string().min(1) })).min(1),
});
const dashboard = z
  .object({ uid: z.string(), title: z.string(), panels: z.array(z.union([row, panel])) })
  .parse(JSON.parse(readFileSync('docs/operations/grafana-dashboard.json', 'utf8')));
const panels = dashboard.panels.flatMap((each) => (each.type === 'row' ? [] : [each]));

it('answers three questions with few panels, each of them itself', () => {
  const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
  expect(rows).toEqual(['Is it serving?', 'Where is the lag?', 'Who waits?']);
  expect(panels.length).toBeLessThanOrEqual(16);
  expect(new Set(dashboard.panels.map((each) => each.id)).size).toBe(dashboard.panels.length);
});

it('no panel covers another one', () => {
  const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
    Array.from({ length: h * w }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

it.each(panels)('$title names metrics that exist', ({ targets }) => {
  for (const { expr } of targets) {
    expect(namedIn(expr)).not.toEqual([]);
    expect(namedIn(expr).filter((name) => !namesInExpressions().has(name))).toEqual([]);
  }
});
