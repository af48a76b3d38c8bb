import { register } from 'node:module';
import { DiagLogLevel, diag, isSpanContextValid } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/**
 * Sends spans of requests, in and out, to an OpenTelemetry collector. This file is loaded before a service's main, and only where
 * OTEL_EXPORTER_OTLP_ENDPOINT is set: node --import. It is the only one that knows OpenTelemetry; the exporter reads the other OTEL_
 * variables itself.
 */
const EXPORT_TIMEOUT_MS = 2_000;
/** Asked again and again by machines: their spans would hide the others. */
const UNSEEN = /^\/(metrics|health\/)/;

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
const quiet = () => {};
const say = (message: string) => process.stderr.write(`spans are not sent: ${JSON.stringify(message.slice(0, 300))}\n`);
diag.setLogger({ error: say, warn: say, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    'service.namespace': 'trilog',
    'service.name': process.argv[2] ?? 'trilog',
    'service.instance.id': `${process.pid}`,
  }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: EXPORT_TIMEOUT_MS }))],
});
provider.register();
registerInstrumentations({
  tracerProvider: provider,
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: ({ url = '' }) => UNSEEN.test(url),
      ignoreOutgoingRequestHook: ({ path }) => UNSEEN.test(path ?? ''),
      // The services' log lines carry the trace of the request's traceparent: that of its span, if it came without one.
      requestHook: (span, request) => {
        const context = span.spanContext();
        if (!('headers' in request) || !isSpanContextValid(context)) return;
        request.headers.traceparent ??= `00-${context.traceId}-${context.spanId}-0${context.traceFlags}`;
      },
    }),
    new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.REQUEST_HANDLER] }),
  ],
});
// The last spans go when the service has nothing more to do.
process.once('beforeExit', () => void provider.shutdown().catch((error: Error) => say(error.message)));
