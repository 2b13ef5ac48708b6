import { z } from 'zod';

export type Json = Readonly<Record<string, unknown>>;

export interface SchemaOptions {
  /** `input`: as clients send it; `output`: as the server does. */
  readonly io: 'input' | 'output';
}

/** Where each of the two formats keeps what has a name. */
const COMPONENTS = '#/components/schemas/';

/**
 * The protocol's schemas as JSON Schema, for one document: those that have a name (`meta({ id })`) stand once, others where they are used.
 * Refinements do not come along: descriptions tell of them.
 */
export class JsonSchemas {
  readonly #target: 'draft-7' | 'draft-2020-12';
  readonly #named = new Map<string, Json>();

  /** AsyncAPI has the seventh draft, OpenAPI 3.1 that of 2020. */
  constructor(target: 'draft-7' | 'draft-2020-12') {
    this.#target = target;
  }

  /** By name, in the order of names. */
  get named(): Json {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A reference, when the schema has a name. */
  of(schema: z.ZodType, { io }: SchemaOptions): Json {
    const whole = z.toJSONSchema(schema, {
      io,
      target: this.#target,
      override: ({ jsonSchema }) => tidy(jsonSchema),
    });
    const { $schema, $defs, definitions, ...own } = convertedSchema.parse(whole);
    for (const [name, named] of Object.entries({ ...$defs, ...definitions }))
      this.#named.set(name, withReferences(named));
    const name = schema.meta()?.id;
    if (name === undefined) return withReferences(own);
    // With references to itself alone, this draft has it among its definitions already.
    if (!this.#named.has(name) || !('$ref' in own)) this.#named.set(name, withReferences(own));
    return { $ref: `${COMPONENTS}${name}` };
  }
}

function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  // What the server sends may have more keys one day, which clients pass over.
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.type === 'integer') delete schema.pattern;
  if (schema.minLength === 0) delete schema.minLength;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

const definitions = z.record(z.string(), z.looseObject({})).optional();

/** What has a name stands in one of the two, by draft. */
const convertedSchema = z.looseObject({ $defs: definitions, definitions });

/** As they stand in the document. Names of schemas alone begin like that. */
function withReferences(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replace(/"#\/(\$defs|definitions)\//g, `"${COMPONENTS}`));
}
