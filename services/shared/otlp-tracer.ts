import {
  type Attributes,
  DiagLogLevel,
  diag,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Log } from './log.ts';
import { forLog } from './printable.ts';
import { reasonOf } from './problem.ts';
import type { TraceContext } from './trace.ts';
import type { Span, Tracer } from './tracer.ts';

interface Options {
  readonly name: string;
  /** Where the spans go, by OTLP over HTTP; `/v1/traces` is added to it. */
  readonly endpoint: string;
  readonly log: Log;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;
/** With all repeats. What cannot be sent by then is lost: a collector that is away must not keep a service from ending. */
const EXPORT_TIMEOUT_MS = 2_000;

/** Opens a tracer that sends its spans to an OpenTelemetry collector. This file is loaded only if there is one. */
export function openOtlpTracer({ name, endpoint, log }: Options): Tracer {
  const say = (message: string, ...details: unknown[]) =>
    log.warn(`spans are not sent: ${forLog([message, ...details.map(reasonOf)].join(' '), 300)}`);
  const quiet = () => {};
  diag.setLogger({ error: say, warn: say, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'trilog',
      'service.name': name,
      'service.instance.id': `${process.pid}`,
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('trilog');
  return {
    startSpan(spanName, { kind, parent, links = [], attributes = {} }) {
      const within =
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContextOf(parent, true));
      const options = {
        kind: KINDS[kind],
        attributes: attributes as Attributes,
        links: links.map((link) => ({ context: spanContextOf(link, false) })),
      };
      return new OtlpSpan(tracer.startSpan(spanName, options, within));
    },
    close: () => provider.shutdown().catch((error) => say('the last ones', error)),
  };
}

function spanContextOf({ traceId, traceparent }: TraceContext, isRemote: boolean): SpanContext {
  const [, , spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote };
}

class OtlpSpan implements Span {
  readonly isRecorded: boolean;
  readonly traceId: string;
  readonly traceparent: string;
  readonly #span: OtelSpan;

  constructor(span: OtelSpan) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.#span = span;
    this.isRecorded = span.isRecording();
    this.traceId = traceId;
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  link(other: TraceContext): void {
    this.#span.addLink({ context: spanContextOf(other, false) });
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  end(attributes: Attributes = {}, error?: unknown): void {
    this.#span.setAttributes(attributes);
    if (error !== undefined) this.#span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) });
    this.#span.end();
  }
}
