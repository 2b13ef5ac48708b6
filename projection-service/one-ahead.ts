/**
 * Asks for the next item while the one before is being worked on. Whoever stops early has to end the source itself:
 * it may be waiting for an item that never comes.
 */
export async function* oneAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  const source = items[Symbol.asyncIterator]();
  let asked = source.next();
  for (;;) {
    const answer = await asked;
    if (answer.done) return;
    asked = source.next();
    // Its failure is thrown when its turn comes; until then it is nobody's.
    asked.catch(() => {});
    yield answer.value;
  }
}
