import { readFileSync } from 'node:fs';

export interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** The table of docs/operations/metrics.md. */
export function documentedMetrics(): DocumentedMetric[] {
  const rows = readFileSync('docs/operations/metrics.md', 'utf8').matchAll(
    /^\| `(rally_\w+)` \| (\w+) \| ([^|]+) \|/gm,
  );
  return [...rows].map(([, name = '', type = '', labels = '']) => ({
    name,
    type,
    labels: labels.trim() === '–' ? [] : labels.trim().split(', '),
  }));
}

/** Of Node and its process, as prom-client tells them. */
const OF_NODE = ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes'];

/** Names as they stand in expressions: a histogram has three. */
export function namesInExpressions(): Set<string> {
  const own = documentedMetrics().flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  );
  return new Set([...own, ...OF_NODE]);
}

/** The metrics that an expression names. */
export const namedIn = (expression: string): string[] =>
  expression.match(/\b(?:rally|nodejs|process)_\w+/g) ?? [];
