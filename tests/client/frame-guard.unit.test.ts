import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readFrame } from '../../client/frame-guard.ts';
import {
  ackFrame,
  ephemeralFrame,
  errorFrame,
  eventFrame,
  pingFrame,
  serverFrame,
  welcomeFrame,
} from '../../protocol/server-frames.ts';

type Schema = z.core.JSONSchema._JSONSchema;

/** Anything that a JSON Schema of ours allows. */
function anyOf(root: Exclude<Schema, boolean>): fc.Arbitrary<unknown> {
  const { $defs = {} } = root;
  const values = (schema: Schema): fc.Arbitrary<unknown> => {
    if (typeof schema === 'boolean') return fc.anything();
    if (schema.$ref !== undefined) return values($defs[schema.$ref.replace('#/$defs/', '')] ?? false);
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const union = schema.anyOf ?? schema.oneOf;
    if (union) return fc.oneof(...union.map(values));
    const { type } = schema;
    if (Array.isArray(type)) return fc.oneof(...type.map((one) => values({ ...schema, type: one })));
    switch (type) {
      case 'object': {
        const properties = Object.entries(schema.properties ?? {}).map(
          ([name, of]) => [name, values(of)] as const,
        );
        return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] });
      }
      case 'string':
        if (schema.format === 'date-time')
          return fc
            .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
            .map((date) => date.toISOString());
        return schema.pattern ? fc.stringMatching(new RegExp(schema.pattern)) : fc.string();
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'null':
        return fc.constant(null);
      default:
        throw new Error(`no values for ${JSON.stringify(schema)}`);
    }
  };
  return values(root);
}

const kinds = [
  ...eventFrame.options,
  ...ephemeralFrame.options,
  welcomeFrame,
  pingFrame,
  ackFrame,
  errorFrame,
].map((schema) => ({ action: schema.shape.action.value, schema }));

describe('the guard', () => {
  it.each(kinds)('lets every $action through that the schemas describe, as it is', ({ schema }) => {
    fc.assert(
      fc.property(anyOf(z.toJSONSchema(schema)), (frame) => {
        expect(serverFrame.safeParse(frame).success).toBe(true);
        expect(readFrame(JSON.stringify(frame))).toEqual(JSON.parse(JSON.stringify(frame)));
      }),
      { numRuns: 50 },
    );
  });

  it.each(kinds)('refuses $action without an id or a name that its schema demands', ({ action, schema }) => {
    const { properties = {}, required = [] } = z.toJSONSchema(schema.shape.data);
    const named = required.filter((name) => {
      const field = properties[name];
      return typeof field === 'object' && field.type === 'string' && field.pattern && !field.format;
    });
    const [frame] = fc.sample(anyOf(z.toJSONSchema(schema)), { numRuns: 1, seed: 1 });
    if (typeof frame !== 'object' || frame === null || !('data' in frame)) throw new Error(action);
    for (const name of named)
      for (const value of [null, 7, {}])
        expect(
          readFrame(JSON.stringify({ ...frame, data: { ...Object(frame.data), [name]: value } })),
          `${action}.${name}`,
        ).toBeNull();
  });

  it('is harmed by nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.json()), (text) => {
        const frame = readFrame(text);
        expect(frame === null || typeof frame.data === 'object').toBe(true);
      }),
    );
  });
});
