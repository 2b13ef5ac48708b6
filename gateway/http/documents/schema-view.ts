import { z } from 'zod';

/** What is shown of a schema. Whatever else it says is in the documents. */
export interface ShownSchema {
  readonly $ref?: string | undefined;
  readonly type?: string | string[] | undefined;
  readonly description?: string | undefined;
  readonly const?: unknown;
  readonly enum?: unknown[] | undefined;
  readonly default?: unknown;
  readonly format?: string | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly properties?: Record<string, ShownSchema> | undefined;
  readonly required?: string[] | undefined;
  readonly items?: ShownSchema | undefined;
  readonly anyOf?: ShownSchema[] | undefined;
  readonly oneOf?: ShownSchema[] | undefined;
  readonly allOf?: ShownSchema[] | undefined;
}

const many = z.lazy(() => z.array(shownSchema)).optional();

export const shownSchema: z.ZodType<ShownSchema> = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  format: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxItems: z.number().optional(),
  properties: z.lazy(() => z.record(z.string(), shownSchema)).optional(),
  required: z.array(z.string()).optional(),
  items: z.lazy(() => shownSchema).optional(),
  anyOf: many,
  oneOf: many,
  allOf: many,
});

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => ESCAPES[one] ?? '');

/** Text of the documents, whose code stands between backticks. */
export const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

/** Its fields as a list, with theirs below; nothing when it has none. */
export function fieldsView(schema: ShownSchema): string {
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      `<li><code>${escaped(name)}</code>${required.includes(name) ? '' : '?'} <span class="type">${typeView(field)}</span>` +
      `${field.description === undefined ? '' : ` <span class="about">${prose(field.description)}</span>`}${below(field)}</li>`,
  );
  return fields.length > 0 ? `<ul>${fields.join('')}</ul>` : '';
}

const alternatives = ({ anyOf = [], oneOf = [], allOf = [] }: ShownSchema) => [...anyOf, ...oneOf, ...allOf];

const below = (schema: ShownSchema): string =>
  fieldsView(schema) + (schema.items ? below(schema.items) : '') + alternatives(schema).map(below).join('');

export function typeView(schema: ShownSchema): string {
  const named = /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref ?? '')?.[1];
  if (named) return `<a href="#schema-${named}">${named}</a>`;
  if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) return schema.enum.map((value) => `<code>${escaped(String(value))}</code>`).join(' ');
  if (schema.items) return `list of ${typeView(schema.items)}${limits(schema)}`;
  const several = alternatives(schema);
  if (several.length > 0) return several.map(typeView).join(' or ');
  return `${escaped([schema.type ?? 'anything'].flat().join(' or '))}${limits(schema)}`;
}

function limits(schema: ShownSchema): string {
  const { minLength, maxLength, minimum, maximum, maxItems, format } = schema;
  const range = [minLength ?? minimum, maxLength ?? maximum ?? maxItems];
  const said = [
    ...(format === undefined ? [] : [format]),
    ...(range.some((end) => end !== undefined) ? [range.map((end) => end ?? '').join('…')] : []),
    ...(schema.default === undefined ? [] : [`otherwise ${JSON.stringify(schema.default)}`]),
  ];
  return said.length > 0 ? escaped(` (${said.join(', ')})`) : '';
}
