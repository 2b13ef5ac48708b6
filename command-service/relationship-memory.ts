import { LRUCache } from 'lru-cache';
import { type Relationship, type RelationshipEvent, relationshipDecider } from '../domain/relationship.ts';
import type { EventStore } from '../platform/event-store/event-store.ts';
import { streamOf } from '../platform/event-store/stream-name.ts';
import type { DecisionContext } from './decide-and-append.ts';
import { type LoadedStream, loadStream, WHOLE_STREAM } from './load-stream.ts';

/** More than talk at the same time; some five megabytes. */
const REMEMBERED_CHATS = 10_000;

type LoadedRelationship = LoadedStream<Relationship, RelationshipEvent>;

/**
 * The relationships that were needed last, as they were then: nothing tells when they change. What is decided on one
 * is appended on the condition that it still holds, and decided again on what is read then.
 */
export class RelationshipMemory {
  readonly #store: EventStore;
  readonly #loaded: LRUCache<string, Promise<LoadedRelationship>>;

  constructor(store: EventStore, remembered = REMEMBERED_CHATS) {
    this.#store = store;
    this.#loaded = new LRUCache({ max: remembered });
  }

  /**
   * As it is in the log now if `fresh`, else perhaps as it once was. Commands that wait for the same one go on in the
   * order in which they asked.
   */
  async of(chatId: string, fresh: boolean): Promise<Required<DecisionContext<Relationship>>> {
    const { state, revision } = await ((!fresh && this.#loaded.get(chatId)) || this.#load(chatId));
    return { value: state, condition: { stream: streamOf('relationship', chatId), revision, mayLag: true } };
  }

  #load(chatId: string): Promise<LoadedRelationship> {
    const loading = loadStream(
      this.#store,
      streamOf('relationship', chatId),
      WHOLE_STREAM,
      relationshipDecider,
    );
    this.#loaded.set(chatId, loading);
    loading.catch(() => {
      if (this.#loaded.peek(chatId) === loading) this.#loaded.delete(chatId);
    });
    return loading;
  }
}
