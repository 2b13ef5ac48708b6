import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { systemName } from '../systems/system-under-test.ts';
import type { BenchReport } from './bench-report.ts';

/** An SVG of delivery latency, p50 and p99, against rate. */
export async function latencyChart({ systems }: BenchReport): Promise<string> {
  const domain = systemName.options.filter((name) => systems[name]);
  const values = domain.flatMap((system) =>
    (systems[system]?.curve ?? []).flatMap(({ rate, p50, p99 }) => [
      { system, rate, percentile: 'p50', latency: p50 },
      { system, rate, percentile: 'p99', latency: p99 },
    ]),
  );
  const specification: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title: 'From send to the peer’s tabs, while the rate is sustained',
    width: 640,
    height: 360,
    background: 'white',
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'rate', type: 'quantitative', scale: { type: 'log' }, title: 'messages a second' },
      y: { field: 'latency', type: 'quantitative', scale: { type: 'log' }, title: 'milliseconds' },
      color: { field: 'system', type: 'nominal', scale: { domain } },
      strokeDash: { field: 'percentile', type: 'nominal' },
    },
  };
  const view = new vega.View(vega.parse(compile(specification).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
