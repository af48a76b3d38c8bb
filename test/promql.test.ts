import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingIn, parseExpression, parseScrape } from './promql.ts';

const samples = parseScrape(
  '# HELP a_total A\na_total{service="facade",kind="x\\"}"} 3\nb_bucket{le="1"} 1\nb_bucket{le="+Inf"} 1\nc 4.5e-7\n',
);
const missing = (expression: string) => missingIn(samples, parseExpression(expression));

test('what an expression names is found in a scrape', () => {
  for (const expression of [
    'a_total',
    'c > 0.85',
    'sum by (service, kind) (rate(a_total{service="facade"}[5m])) / max(c > 0)',
    'histogram_quantile(0.99, sum by (le) (rate(b_bucket[$__rate_interval])))',
    'max(c) != min(c > 0)',
  ]) {
    assert.deepEqual(missing(expression), [], expression);
  }
});

test('what is not there is named', () => {
  assert.deepEqual(missing('rate(a_totals[5m])'), ['a_totals']);
  assert.deepEqual(missing('a_total{services="facade"}'), ['the label services facade']);
  assert.deepEqual(missing('a_total{service=~"facade|logger"}'), ['the label service logger']);
  assert.deepEqual(missing('sum by (logger) (c)'), ['the label logger ']);
  assert.deepEqual(missing('sum(c) + d'), ['d']);
});

test('what is no scrape is refused', () => {
  assert.throws(() => parseScrape('<html>'));
});
