// node deploy/container/service.mjs facade | messages | logger-N
// Becomes one service, in a container: the first process there.
const name = process.argv[2] ?? '';
const service = /^(?:facade|messages|logger(?=-\w+$))/.exec(name)?.[0];
if (service === undefined || (service !== 'logger' && service !== name)) {
  console.error(`The first word must be facade, messages or logger-N (logger-1), but is "${name}".`);
  process.exit(2);
}

// The kernel ignores signals to the first process that has no handler. The service's own is there once it listens.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(143);
  });
}

process.env.SERVICE_NAME ||= name;
// OpenTelemetry is loaded before main, and only where its spans are wanted.
if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) await import('../../dist/services/shared/observing/opentelemetry.js');
await import(`../../dist/services/${service}/main.js`);
