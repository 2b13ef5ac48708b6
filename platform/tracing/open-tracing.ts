import { diag } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { LRUCache } from 'lru-cache';
import type { Logger } from '../logging/logger.ts';
import type { Service } from '../service/service.ts';
import { within } from '../service/within.ts';
import type { Tracing } from './tracing.ts';

export interface TracingOptions {
  /** Where spans go, by OTLP over HTTP: a collector's whole address, as `http://collector:4318/v1/traces`. */
  readonly url: string;
  /** Of the traces that begin here so many are kept: 0 to 1. */
  readonly ratio: number;
  /** The service that speaks. */
  readonly name: string;
  readonly logger: Logger;
}

/** Beyond so many spans that wait, new ones are dropped: nobody waits for them. */
const WAITING = { maxQueueSize: 4096, maxExportBatchSize: 512, scheduledDelayMillis: 1000 };
const EXPORT_MS = 2000;
/** Of the time that a process has to drain. */
const FLUSH_MS = 1000;
const REQUESTS_REMEMBERED = 10_000;
const TELL_EVERY_MS = 60_000;

/** The OpenTelemetry SDK, for as long as the process runs. A collector that is away costs a line a minute, and the spans. */
export function openTracing({ url, ratio, name, logger }: TracingOptions): Tracing & Service {
  diag.disable();
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'rally',
      'service.name': name,
      'process.pid': process.pid,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor(tellingFailures(exporter, logger), {
        ...WAITING,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  });
  return {
    name: 'tracing',
    tracer: provider.getTracer('rally'),
    requests: new LRUCache({ max: REQUESTS_REMEMBERED }),
    notReady: async () => null,
    stop: async () =>
      void (await within(
        FLUSH_MS,
        provider.shutdown().catch(() => {}),
      )),
  };
}

function tellingFailures(exporter: SpanExporter, logger: Logger): SpanExporter {
  let tellAt = Number.NEGATIVE_INFINITY;
  let lost = 0;
  return {
    export(spans: ReadableSpan[], onResult: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.FAILED) lost += spans.length;
        if (lost > 0 && performance.now() >= tellAt) {
          tellAt = performance.now() + TELL_EVERY_MS;
          logger.warn({ spans: lost, err: result.error }, 'spans were not taken by the collector');
          lost = 0;
        }
        // What went wrong has been told of.
        onResult({ code: ExportResultCode.SUCCESS });
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
