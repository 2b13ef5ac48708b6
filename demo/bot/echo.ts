import { setTimeout as sleep } from 'node:timers/promises';
import { v5 as derivedFrom } from 'uuid';
import type { PageOf, Read } from '../../client/api.ts';
import type { RallyClient } from '../../client/rally.ts';
import { RallyError } from '../../client/rally-error.ts';
import type { MessageResource, Page } from '../../client/wire.ts';

/** The server closes a socket that sends more than 50 frames in a second. Each answer is two. */
const APART_MS = 50;
const AGAIN_AFTER_MS = 1000;
const PAGE = 100;
const ANSWERS = '4cf1bb4c-9a6a-4e0c-8a1e-3a1d6f0f6c55';

/**
 * The answer's id follows from the question's. Whoever answers a second time, after a crash or a lost ack, sends the same message
 * again, which the server acks and neither stores nor pushes.
 */
export const answerId = (questionId: string): string => derivedFrom(questionId, ANSWERS);

/** By the digit that tells how an id was made. Two bots would talk for ever. */
const isOfBot = (id: string): boolean => id.charAt(14) === '5';

/**
 * Answers each message of others with its own words, until `signal` aborts. What is unread is what is to do: the server keeps that list, so
 * nothing is lost when the bot is away, and it has nothing to remember. An answer that is stored and not marked as read yet is given
 * again, and is the same.
 */
export function answerEverybody(
  { api, live, session }: RallyClient,
  signal: AbortSignal,
  say: (line: string) => void,
): void {
  /** By the chat; one that is asked for again meanwhile has its turn again. */
  const todo = new Map<string, () => Promise<void>>();
  let isWorking = false;

  live.on('new_message', ({ data: { chat_id, sender } }) => {
    const own = session.get();
    const isOwn = own.phase === 'signed_in' && own.username === sender;
    if (!isOwn) need(chat_id, () => answerChat(chat_id, sender));
  });
  live.onWelcome(() => need('all', lookForUnread));

  function need(name: string, task: () => Promise<void>): void {
    todo.set(name, task);
    if (!isWorking) void work();
  }

  async function work(): Promise<void> {
    isWorking = true;
    for (const [name, task] of todo) {
      todo.delete(name);
      try {
        if (signal.aborted) return;
        await task();
      } catch (error) {
        if (signal.aborted) return;
        if (isRefused(error)) say(`not answered: ${error.message}`);
        else {
          await sleep(AGAIN_AFTER_MS);
          todo.set(name, task);
        }
      }
    }
    isWorking = false;
  }

  async function lookForUnread(): Promise<void> {
    for await (const { chat_id, username, unread_messages_count } of pagewise(api.chats))
      if (unread_messages_count > 0) need(chat_id, () => answerChat(chat_id, username));
  }

  async function answerChat(chatId: string, username: string): Promise<void> {
    const unread: MessageResource[] = [];
    for await (const message of pagewise((page) => api.messages(username, page))) {
      if (message.sender !== username) continue;
      if (message.is_read) break;
      unread.unshift(message);
    }
    for (const message of unread) await answer(chatId, message);
  }

  async function answer(chat_id: string, { id, sender, content }: MessageResource): Promise<void> {
    if (!isOfBot(id)) {
      const timestamp = new Date().toISOString();
      await live.request('new_message', { chat_id, id: answerId(id), content, timestamp });
      say(`${sender}: ${content}`);
    }
    await live.request('read_message', { chat_id, id });
    await sleep(APART_MS);
  }
}

/** Newest first, and from the server only as far as somebody asks. */
async function* pagewise<Item>(read: (page: PageOf) => Promise<Read<Page<Item>>>): AsyncGenerator<Item> {
  let before: string | null = null;
  do {
    const { body }: Read<Page<Item>> = await read({ limit: PAGE, ...(before !== null && { before }) });
    yield* body.items;
    before = body.next;
  } while (before !== null);
}

/** Asking again would change nothing. */
const isRefused = (error: unknown): error is RallyError =>
  error instanceof RallyError && error.details.retryable === false;
