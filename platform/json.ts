/** What a JSON text says; undefined, which no JSON text can say: it is none. For a schema to judge, which takes undefined for nothing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
