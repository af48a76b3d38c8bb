import type { RequestHandler } from 'express';
import { Problem } from '../message/problem.ts';

/** A host name that means this machine, perhaps with a port. */
const LOCAL = /^(localhost|([\w-]+\.)+localhost|127\.0\.0\.1|\[::1\])(:\d*)?$/i;

/** Tells whether an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1';
}

/**
 * Keeps other websites out, although they run in a browser that can reach loopback.
 * A page elsewhere can send a form to us: refused by its Origin and Sec-Fetch-Site. It can also give its own host
 * name our address (DNS rebinding): refused by the Host, as long as the service listens on loopback only.
 */
export function refuseForeignSites({ loopbackOnly }: { readonly loopbackOnly: boolean }): RequestHandler {
  return (request, _response, next) => {
    if (request.headers.host === undefined && request.httpVersion !== '1.0')
      throw new Problem('malformed', 'A request needs a Host.');
    const host = request.headers.host ?? '';
    if (loopbackOnly && !LOCAL.test(host)) {
      throw new Problem('misdirected', 'This service listens on this machine only: call it as 127.0.0.1 or localhost.');
    }
    const { origin, 'sec-fetch-site': site } = request.headers;
    const harmless = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
    const foreign =
      site === 'cross-site' || site === 'same-site' || (origin !== undefined && origin !== `http://${host}`);
    if (!harmless && foreign)
      throw new Problem('foreign-origin', 'Messages are taken from this service’s own pages only.');
    next();
  };
}
