import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asUuid, beginTrace, parseTraceparent } from './trace.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test('a traceparent is taken as it is', () => {
  const traceparent = `00-${TRACE}-${SPAN}-01`;
  assert.deepEqual(parseTraceparent(traceparent), { traceId: TRACE, traceparent });
});

test('of a later version, what this one knows is passed on', () => {
  const expected = { traceId: TRACE, traceparent: `00-${TRACE}-${SPAN}-01` };
  assert.deepEqual(parseTraceparent(`cc-${TRACE}-${SPAN}-01`), expected);
  assert.deepEqual(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes-later`), expected);
});

test('what is no traceparent is passed over', () => {
  for (const value of [
    undefined,
    7,
    '',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-01more`,
    `00-${TRACE}-${SPAN}-01\n`,
    `00-${TRACE.slice(1)}\u001b-${SPAN}-01`,
  ]) {
    assert.equal(parseTraceparent(value), undefined, JSON.stringify(value));
  }
});

test('a trace that is begun here is one that others take, and its id can be written as a UUID', () => {
  const trace = beginTrace();
  assert.deepEqual(parseTraceparent(trace.traceparent), trace);
  assert.match(trace.traceparent, /-00$/); // nobody records it
  assert.match(asUuid(trace), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(asUuid(trace).replaceAll('-', ''), trace.traceId);
  assert.notEqual(beginTrace().traceId, trace.traceId);
});
