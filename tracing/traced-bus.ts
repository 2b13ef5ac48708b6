import { type Context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import type { MessageBus, Subscription } from '../platform/message-bus/message-bus.ts';
import { type Payload, payloadOf, readPayload, textOf } from '../platform/message-bus/payload.ts';
import { contextOf, endFailed, nameOf, type Tracing, traceparentOf } from '../platform/tracing/tracing.ts';
import {
  type CommandRequest,
  commandReplies,
  commandRequest,
  type IdentifiedCommand,
} from '../protocol/commands.ts';
import { decodePushes } from '../protocol/pushes.ts';
import { COMMANDS, isPushSubject, TRACES } from '../protocol/subjects.ts';

/** Places whose pushes are still to come. */
const TRACES_REMEMBERED = 10_000;

/**
 * The same bus, on which commands carry their trace along, and pushes are known by what the projection says of their places on
 * `TRACES`. Services know nothing of it. Pushes stay as they are, so that gateways that do not trace read them.
 */
export function tracedBus<Bus extends MessageBus>(bus: Bus, tracing: Tracing): Bus {
  const { tracer, requests } = tracing;
  const traces = new LRUCache<string, string>({ max: TRACES_REMEMBERED });
  let following: Promise<Subscription> | undefined;

  /** Asks or answers with one span for each command that belongs to a trace. */
  async function spanned(
    asked: Payload,
    start: (asked: IdentifiedCommand) => Span | undefined,
    go: (asked: Payload) => Promise<Payload>,
  ): Promise<Payload> {
    const request = readIfOne(commandRequest, asked);
    const spans = request?.commands.map(start) ?? [];
    try {
      const reply = await go(request ? withSpans(asked, request, spans, bus.maxPayloadBytes()) : asked);
      endBy(reply, spans);
      return reply;
    } catch (error) {
      for (const span of spans) if (span) endFailed(span, nameOf(error));
      throw error;
    }
  }

  const startOf =
    (kind: SpanKind, operation: string, parentOf: (asked: IdentifiedCommand) => Context | null) =>
    (asked: IdentifiedCommand): Span | undefined => {
      const parent = parentOf(asked);
      if (!parent) return undefined;
      const { command, commandId, correlationId } = asked;
      const attributes = {
        'messaging.destination.name': COMMANDS,
        'messaging.operation.name': operation,
        'rally.command.id': commandId,
        'rally.correlation.id': correlationId,
      };
      return tracer.startSpan(`${operation} ${command.type}`, { kind, attributes }, parent);
    };
  const asking = startOf(SpanKind.CLIENT, 'request', ({ correlationId }) => {
    const request = requests.get(correlationId);
    return request ? trace.setSpan(ROOT_CONTEXT, request) : ROOT_CONTEXT;
  });
  const answering = startOf(SpanKind.SERVER, 'process', ({ traceparent }) =>
    traceparent === undefined ? null : contextOf(traceparent),
  );

  function remember(payload: string): void {
    for (const line of payload.split('\n')) {
      const [position = '', traceparent = ''] = line.split(' ');
      traces.set(position, traceparent);
    }
  }

  const telling = (handler: (payload: string) => void) => (payload: string) => {
    const startTime = Date.now();
    handler(payload);
    if (traces.size === 0) return;
    for (const { cursor, text } of decodePushes(payload).pushes) {
      const traceparent = cursor && text !== null && traces.get(cursor.position.toString());
      if (!traceparent) continue;
      const attributes = { 'messaging.operation.name': 'push', 'rally.position': cursor.position.toString() };
      tracer
        .startSpan('push', { kind: SpanKind.CONSUMER, startTime, attributes }, contextOf(traceparent))
        .end();
    }
  };

  return {
    ...bus,
    request: (subject, payload, options) =>
      subject === COMMANDS
        ? spanned(payload, asking, (asked) => bus.request(subject, asked, options))
        : bus.request(subject, payload, options),
    respond: (subject, group, handler) =>
      bus.respond(
        subject,
        group,
        subject === COMMANDS ? (payload) => spanned(payload, answering, handler) : handler,
      ),
    async subscribe(subject, handler) {
      if (!isPushSubject(subject)) return bus.subscribe(subject, handler);
      following ??= bus.subscribe(TRACES, remember);
      await following;
      return bus.subscribe(subject, telling(handler));
    },
  };
}

/** Under the spans that are recorded. Where that were too much for the bus, as it was: no command is refused for its trace. */
function withSpans(
  asked: Payload,
  request: CommandRequest,
  spans: readonly (Span | undefined)[],
  maxBytes: number,
): Payload {
  const commands = request.commands.map((asked, index) => {
    const span = spans[index];
    const traceparent = span && traceparentOf(span);
    return traceparent === undefined ? asked : { ...asked, traceparent };
  });
  const traced = payloadOf(commandRequest, { ...request, commands });
  return Buffer.byteLength(textOf(traced)) > maxBytes ? asked : traced;
}

function endBy(reply: Payload, spans: readonly (Span | undefined)[]): void {
  const replies = readIfOne(commandReplies, reply);
  for (const [index, span] of spans.entries()) {
    const told = Array.isArray(replies) ? replies[index] : replies;
    if (!span) continue;
    if (told?.outcome === 'accepted') {
      span.setAttributes({ 'rally.outcome': 'accepted', 'rally.position': told.position });
      span.end();
    } else endFailed(span, told?.code ?? 'unreadable');
  }
}

function readIfOne<Value>(kind: z.ZodType<Value>, payload: Payload): Value | undefined {
  try {
    return readPayload(kind, payload);
  } catch {
    return undefined;
  }
}
