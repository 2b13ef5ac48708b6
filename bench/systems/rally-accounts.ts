import { z } from 'zod';

const openedChat = z.object({ chat_id: z.string() });
const ACCESS_TOKEN = /^access_token=([^;]+)/;

/** Signs up and resolves with what authenticates the user from then on. */
export async function signUp(address: string, username: string): Promise<Record<string, string>> {
  const password = 'correct horse 8 battery';
  const response = await fetch(`${address}/api/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify({ username, email: `${username}@example.org`, password, password_repeat: password }),
  });
  const cookies = response.headers.getSetCookie();
  const token = cookies.map((cookie) => ACCESS_TOKEN.exec(cookie)?.[1]).find((found) => found !== undefined);
  if (response.status !== 201 || !token)
    throw new Error(`signup: ${response.status} ${await response.text()}`);
  return { authorization: `Bearer ${token}` };
}

/** Resolves with the id of the chat. */
export async function openChat(
  address: string,
  headers: Record<string, string>,
  username: string,
): Promise<string> {
  const response = await fetch(`${address}/api/chats/${username}`, { method: 'PUT', headers });
  if (!response.ok) throw new Error(`opening a chat: ${response.status} ${await response.text()}`);
  return openedChat.parse(await response.json()).chat_id;
}
