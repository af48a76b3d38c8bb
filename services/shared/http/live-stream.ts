import type { ServerResponse } from 'node:http';

/** Begins an answer that goes on for as long as its reader likes; proxies that keep answers back (nginx) are told not to. */
export function beginLiveStream(response: ServerResponse, type: string): void {
  response.writeHead(200, { 'Content-Type': type, 'X-Accel-Buffering': 'no' });
}
