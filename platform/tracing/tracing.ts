import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { LRUCache } from 'lru-cache';

/** What a process traces with, when `TRACING_URL` is set. Contexts are passed by hand: none hides behind a call. */
export interface Tracing {
  readonly tracer: Tracer;
  /** HTTP requests that are being answered, by correlation id: commands that they ask for belong to them. */
  readonly requests: LRUCache<string, Span>;
}

/** What W3C's Trace Context says of this span; undefined: it is not sampled, and neither is what it leads to. */
export function traceparentOf(span: Span): string | undefined {
  if (!span.isRecording()) return undefined;
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

/** For what belongs under that span, wherever it is; of what cannot be read, a trace of its own. */
export function contextOf(traceparent: string): Context {
  const parent = parseTraceParent(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT;
}

/** `name`: of the error, never its message, which might quote content. */
export function endFailed(span: Span, name: string): void {
  span.setAttribute('error.type', name);
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
