import express from 'express';
import { Client } from 'hazelcast-client';

// The plain way: a logger that stores one message for each request, and reads all of them at once.
const [port = '', member = '', clusterName = ''] = process.argv.slice(2);
const client = await Client.newHazelcastClient({
  clusterName,
  network: { clusterMembers: [member], smartRouting: false },
  properties: { 'hazelcast.logging.level': 'WARN' },
});
const messages = await client.getMap<string, string>('messages');
const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/', async (request, response) => {
  await messages.set(request.body.UUID, request.body.msg);
  response.send('OK');
});
app.get('/', async (_request, response) => {
  response.json([...(await messages.values())]);
});
app.listen(Number(port), '127.0.0.1');
// It ends with the benchmark, however that ends.
process.once('disconnect', () => process.exit());
