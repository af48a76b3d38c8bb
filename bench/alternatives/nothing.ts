import express from 'express';
import { v4 as createUuid } from 'uuid';

// What Express itself costs: it takes a message, gives it a UUID, answers, and stores nothing.
const [port = ''] = process.argv.slice(2);
const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/', (request, response) => {
  response.status(201).json({ UUID: createUuid(), msg: request.body.msg });
});
app.listen(Number(port), '127.0.0.1');
// It ends with the benchmark, however that ends.
process.once('disconnect', () => process.exit());
