import { parseJson } from '../json.ts';

/** What goes over the bus: a text, or what becomes one where it leaves the process. */
export type Payload = string | Unwritten;

/** As it goes over a wire. */
export const textOf = (payload: Payload): string => (typeof payload === 'string' ? payload : payload.text);

/** What a value is to be, to whoever reads it as a text: such as a schema of zod's. */
interface Kind<Value> {
  /** Throws when what it is given is none of them. */
  parse(given: unknown): Value;
}

class Unwritten {
  readonly kind: Kind<unknown>;
  readonly value: unknown;

  constructor(kind: Kind<unknown>, value: unknown) {
    this.kind = kind;
    this.value = value;
  }

  get text(): string {
    return JSON.stringify(this.value);
  }
}

/**
 * JSON on a wire. Within a process the value arrives as it is, neither written nor read, so whoever gives or gets one does not
 * change it.
 */
export const payloadOf = <Value>(kind: Kind<Value>, value: Value): Payload => new Unwritten(kind, value);

/** Throws as the kind does. */
export function readPayload<Value>(kind: Kind<Value>, payload: Payload): Value {
  // Only `payloadOf` makes any of a kind.
  if (payload instanceof Unwritten && payload.kind === kind) return payload.value as Value;
  return kind.parse(parseJson(textOf(payload)));
}
