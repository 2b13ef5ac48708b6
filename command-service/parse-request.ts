import { parseJson } from '../platform/json.ts';
import { type CommandRequest, commandRequest } from '../protocol/commands.ts';

/** Throws `UnreadableRequest`, which tells what is wrong without repeating what was asked. */
export function parseRequest(text: string): CommandRequest {
  const parsed = commandRequest.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
  throw new UnreadableRequest(problems.join('; '));
}

export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
}
