import { Agent } from 'node:http';
import axios, { type AxiosInstance } from 'axios';

/** The most connections of one client. */
const MAX_CONNECTIONS = 256;

/**
 * Creates an HTTP client for one service of ours: connections are kept, nothing is followed, parsed or thrown by status. It
 * has connections of its own: what must not wait for other calls to the same service needs a client of its own.
 */
export function createHttpClient(baseURL: string): AxiosInstance {
  return axios.create({
    baseURL,
    httpAgent: new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS }),
    proxy: false, // the services are on this machine, whatever HTTP_PROXY says
    maxRedirects: 0,
    maxContentLength: 1_048_576,
    maxBodyLength: Number.POSITIVE_INFINITY, // what is sent is our own
    responseType: 'text',
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
  });
}
