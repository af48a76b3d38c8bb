import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { availableRuntimes, isolatedEnvironment } from '../launched.ts';
import { openOtlpReceiver } from '../otlp-receiver.ts';
import { createScriptSystem } from '../script-system.ts';
import { testOperators } from '../system/operators.ts';
import { until } from '../until.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const [runtime] = await availableRuntimes();
assert.ok(runtime, 'this test needs Java 17+ or a Docker engine');
const receiver = await openOtlpReceiver();
const env = { ...(await isolatedEnvironment(runtime)), OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
const trilog = createScriptSystem(env);

before(() => trilog.start());
after(async () => {
  await trilog.end();
  receiver.close();
});

test('a trace goes through facade and logger, each span within the one that called for it', async () => {
  const response = await fetch(trilog.url, {
    method: 'POST',
    headers: { traceparent: `00-${TRACE}-${CALLER}-01` },
    body: new URLSearchParams({ msg: 'followed' }),
  });
  assert.equal(response.headers.get('x-request-id'), '0af76519-16cd-43dd-8448-eb211c80319c');
  const { logger } = (await response.json()) as { readonly logger: string };
  // Each service sends its spans when it likes.
  const [request, call, batch] = await until('its spans have come', 15_000, async () => {
    const spans = receiver.spans().filter(({ traceId }) => traceId === TRACE);
    const found = [
      spans.find(({ name, service }) => name === 'POST /' && service === 'facade'),
      spans.find(({ kind, service }) => kind === 3 && service === 'facade'),
      spans.find(({ name }) => name === 'POST /database/batch'),
    ];
    return found.every((span) => span !== undefined) && found;
  });
  assert.equal(request?.parentSpanId, CALLER);
  assert.equal(call?.parentSpanId, request?.spanId);
  assert.deepEqual([batch?.service, batch?.parentSpanId], [logger, call?.spanId]);
});

describe('with spans being sent', () => testOperators(trilog));
