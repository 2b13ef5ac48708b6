import type { Logger } from 'pino';
import type { Keys } from '../platform/keys/open-keys.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { payloadOf } from '../platform/message-bus/payload.ts';
import { usernameKey } from '../protocol/scalars.ts';
import { accountToErase, ERASE_ACCOUNT } from '../protocol/subjects.ts';
import type { ReadModels } from '../read-models/read-models.ts';
import type { DueErasure } from '../read-models/users/due-erasures.ts';
import { type Due, pageSize, pagesOf, type ToDoList } from './to-do-list.ts';

const PACE = { requests: 4, together: 1 };

/** A gateway deletes few rows by their keys. */
const ANSWER_MS = 2000;

/**
 * Longer than any command of the user's can be under way: it is answered or given up by then, and nobody can sign in to give another one.
 * What it has stored comes before the completion, and is blanked with it.
 */
const UNDER_WAY_MS = 5000;

export interface ErasuresOptions {
  readonly readModels: Pick<ReadModels, 'dueErasures'>;
  readonly keys: Pick<Keys, 'destroy'>;
  readonly bus: Pick<MessageBus, 'request'>;
  readonly logger: Logger;
}

/**
 * Users who want to be forgotten. With each round the key is destroyed and the account deleted, both of which can be repeated; once nothing
 * of the user can be under way any more, that is said in the log. Whatever fails stays on the list.
 */
export const erasures = ({ readModels, keys, bus, logger }: ErasuresOptions): ToDoList => {
  async function forget({ username }: DueErasure): Promise<boolean> {
    try {
      await keys.destroy(usernameKey(username));
      await bus.request(ERASE_ACCOUNT, payloadOf(accountToErase, { username }), { timeoutMs: ANSWER_MS });
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'a user could not be erased yet');
      return false;
    }
  }

  return {
    name: 'erasures',
    ...PACE,
    async *pages(now) {
      const find = (after: DueErasure | null) => readModels.dueErasures(after, pageSize(PACE));
      for await (const page of pagesOf(find)) {
        const forgotten = await Promise.all(page.map(forget));
        yield page.filter((due, index) => forgotten[index] && isOver(due, now)).map(completing);
      }
    },
  };
};

const isOver = ({ date }: DueErasure, now: Date): boolean => Date.parse(date) + UNDER_WAY_MS <= now.getTime();

const completing = ({ username, date: since }: DueErasure): Due => ({
  command: { type: 'complete_erasure', username },
  since,
});
