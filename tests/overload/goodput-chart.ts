import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** What happened to one store, second by second. */
export interface OverloadStory {
  readonly store: string;
  readonly seconds: readonly { readonly second: number; readonly asked: number; readonly acked: number }[];
  /** Appends in a second that its slow server can do. */
  readonly capacity: number;
  /** What changed, and when, in seconds. */
  readonly changes: readonly { readonly second: number; readonly what: string }[];
}

/** An SVG of new messages and acks over time, one picture for each store. */
export async function goodputChart(stories: readonly OverloadStory[]): Promise<string> {
  const values = stories.flatMap(({ store, seconds, capacity, changes }) => [
    ...seconds.flatMap(({ second, asked, acked }) => [
      { store, second, line: 'new messages', rate: asked },
      { store, second, line: 'acked', rate: acked },
    ]),
    ...seconds.map(({ second }) => ({ store, second, line: 'capacity', rate: capacity })),
    ...changes.map(({ second, what }) => ({ store, at: second, what })),
  ]);
  const specification: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title: 'Goodput at twice what a slow event store can do, and after it',
    background: 'white',
    data: { values },
    facet: { row: { field: 'store', type: 'nominal', title: null } },
    spec: {
      width: 640,
      height: 200,
      layer: [
        {
          transform: [{ filter: 'isValid(datum.rate)' }],
          mark: { type: 'line', interpolate: 'monotone' },
          encoding: {
            x: { field: 'second', type: 'quantitative', title: 'seconds' },
            y: { field: 'rate', type: 'quantitative', title: 'a second' },
            color: { field: 'line', type: 'nominal', title: null },
            strokeDash: { field: 'line', type: 'nominal', title: null },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.at)' }],
          mark: { type: 'rule', color: 'grey', strokeDash: [2, 4] },
          encoding: { x: { field: 'at', type: 'quantitative' } },
        },
        {
          transform: [{ filter: 'isValid(datum.at)' }],
          mark: { type: 'text', align: 'left', dx: 4, color: 'grey' },
          encoding: {
            x: { field: 'at', type: 'quantitative' },
            y: { value: 8 },
            text: { field: 'what', type: 'nominal' },
          },
        },
      ],
    },
  };
  const view = new vega.View(vega.parse(compile(specification).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
