import { Agent } from 'node:http';
import axios, { type AxiosInstance } from 'axios';

/** Creates an HTTP client for one service of ours: connections are kept, nothing is followed, parsed or thrown by status. */
export function createHttpClient(baseURL: string): AxiosInstance {
  return axios.create({
    baseURL,
    httpAgent: new Agent({ keepAlive: true, maxSockets: 256 }),
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
