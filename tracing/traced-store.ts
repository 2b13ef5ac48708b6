import { SpanKind } from '@opentelemetry/api';
import type { EventStore, LogBatch, SubscribeOptions } from '../platform/event-store/event-store.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { contextOf, endFailed, nameOf, type Tracing, traceparentOf } from '../platform/tracing/tracing.ts';
import { TRACES } from '../protocol/subjects.ts';

/** Of one batch: a burst is seen by some of its events as well as by all. */
const SPANS_OF_A_BATCH = 500;

/**
 * The same log. An append is a span of its command's trace, which the metadata of its events name; and whoever reads it live has a span
 * for each event, from when it comes until the next batch is asked for: by then its users have been told. Gateways are told before of which trace
 * they will be. Filling read models from what is old traces nothing.
 */
export function tracedStore(
  store: EventStore,
  bus: Pick<MessageBus, 'publish'>,
  { tracer }: Tracing,
): EventStore {
  async function* live(batches: AsyncIterable<LogBatch>): AsyncGenerator<LogBatch> {
    let isLive = false;
    for await (const batch of batches) {
      const spans = isLive ? spansOf(batch) : [];
      isLive ||= batch.caughtUp;
      try {
        yield batch;
      } finally {
        for (const span of spans) span.end();
      }
    }
  }

  function spansOf({ events }: LogBatch) {
    const traced = events
      .filter(({ metadata }) => metadata.traceparent !== undefined)
      .slice(0, SPANS_OF_A_BATCH);
    const started = traced.map(({ position, event, metadata }) => {
      const attributes = {
        'rally.position': position.toString(),
        'messaging.batch.message_count': events.length,
      };
      const span = tracer.startSpan(
        `project ${event.type}`,
        { kind: SpanKind.CONSUMER, attributes },
        contextOf(metadata.traceparent ?? ''),
      );
      return { span, line: `${position} ${traceparentOf(span) ?? ''}` };
    });
    try {
      if (started.length > 0) bus.publish(TRACES, started.map(({ line }) => line).join('\n'));
    } catch {
      // Then pushes are missing in the traces, and nowhere else.
    }
    return started.map(({ span }) => span);
  }

  return {
    ...store,
    async append(stream, expectedRevision, events, condition, deadline) {
      const traceparent = events[0]?.metadata.traceparent;
      const go = () => store.append(stream, expectedRevision, events, condition, deadline);
      if (traceparent === undefined) return go();
      const attributes = { 'db.operation.name': 'append', 'db.operation.batch.size': events.length };
      const span = tracer.startSpan('append', { kind: SpanKind.CLIENT, attributes }, contextOf(traceparent));
      try {
        const result = await go();
        span.setAttribute('rally.outcome', result.outcome);
        span.end();
        return result;
      } catch (error) {
        endFailed(span, nameOf(error));
        throw error;
      }
    },
    subscribe: (options: SubscribeOptions) => live(store.subscribe(options)),
  };
}
