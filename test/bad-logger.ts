import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpServer } from '../services/shared/http/http-server.ts';

/** A logger that is well by its own account, but answers in a way of its own. */
export async function openBadLogger(
  answer: (response: ServerResponse) => void,
  health = '{"ready":true}',
): Promise<HttpServer> {
  const listener: RequestListener = (request, response) => {
    if (request.url?.startsWith('/health/ready')) return void response.end(health);
    request.resume().on('end', () => answer(response));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
