import { type CommandRequest, commandRequest } from '../protocol/commands.ts';

/** Throws `UnreadableRequest`, which tells what is wrong without repeating what was asked. */
export function parseRequest(text: string): CommandRequest {
  const parsed = commandRequest.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
  throw new UnreadableRequest(problems.join('; '));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRequest('not JSON');
  }
}

export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
}
