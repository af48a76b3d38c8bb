import { Agent } from 'node:http';
import axios from 'axios';
import express from 'express';
import { v4 as createUuid } from 'uuid';

// The plain way: a facade that sends each message to a logger in a request of its own, to the next one if that fails.
const [port = '', ...loggerUrls] = process.argv.slice(2);
const http = axios.create({ httpAgent: new Agent({ keepAlive: true }), proxy: false });

/** Calls the loggers in random order until one answers well. */
async function tryLoggers<T>(call: (url: string) => Promise<T>): Promise<T> {
  const urls = loggerUrls
    .map((url) => ({ url, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ url }) => url);
  for (const url of urls) {
    try {
      return await call(url);
    } catch {
      // the next one
    }
  }
  throw new Error('no logger answered');
}

const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/', async (request, response) => {
  const message = { UUID: createUuid(), msg: request.body.msg };
  await tryLoggers((url) => http.post(url, message));
  response.status(201).json(message);
});
app.get('/', async (_request, response) => {
  const { data } = await tryLoggers((url) => http.get(url));
  response.json(data);
});
app.listen(Number(port), '127.0.0.1');
// It ends with the benchmark, however that ends.
process.once('disconnect', () => process.exit());
