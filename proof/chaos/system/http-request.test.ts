import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequestSplitter } from './http-request.ts';

const GET = 'GET /health/ready?safe=no HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /database/batch HTTP/1.1\r\ncontent-length: 5\r\n\r\nabcde';

test('each request is given once it is whole, however its bytes come', () => {
  for (const size of [1, 7, 1_000]) {
    const split = createRequestSplitter();
    const all = Buffer.from(GET + POST + GET);
    const requests = [];
    for (let at = 0; at < all.length; at += size) requests.push(...split(all.subarray(at, at + size)));
    assert.deepEqual(
      requests.map(({ path, bytes }) => [path, bytes.toString()]),
      [
        ['/health/ready?safe=no', GET],
        ['/database/batch', POST],
        ['/health/ready?safe=no', GET],
      ],
    );
  }
});

test('half a request is not given', () => {
  const split = createRequestSplitter();
  assert.deepEqual(split(Buffer.from(POST.slice(0, -1))), []);
  assert.equal(split(Buffer.from('e')).length, 1);
});

test('a body in chunks, whose end it does not look for, is an error', () => {
  const split = createRequestSplitter();
  assert.throws(() => split(Buffer.from('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n')));
});
