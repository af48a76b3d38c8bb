import type { RequestHandler } from 'express';
import { Problem } from '../message/problem.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/** Tells whether an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

function hostName(authority: string): string {
  return (URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).hostname : '').replace(/^\[|\]$/g, '');
}

/**
 * Keeps other websites out, although they run in a browser that can reach loopback.
 * A page elsewhere can send a form to us: refused by its Origin and Sec-Fetch-Site. It can also give its own host
 * name our address (DNS rebinding): refused by the Host, as long as the service listens on loopback only.
 */
export function refuseForeignSites({ loopbackOnly }: { readonly loopbackOnly: boolean }): RequestHandler {
  // Nearly all requests name the same host, and to parse it takes longer than all the rest of this.
  let latest = { authority: '', isLocal: false };
  function isLocal(authority: string): boolean {
    if (authority !== latest.authority) {
      const name = hostName(authority);
      latest = { authority, isLocal: LOOPBACK.has(name) || name.endsWith('.localhost') };
    }
    return latest.isLocal;
  }
  return (request, _response, next) => {
    if (request.headers.host === undefined && request.httpVersion !== '1.0')
      throw new Problem('malformed', 'A request needs a Host.');
    const host = request.headers.host ?? '';
    if (loopbackOnly && !isLocal(host)) {
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
