import { BlockList, isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { forLog } from '../message/printable.ts';
import { Problem } from '../message/problem.ts';

/** A name that means this machine; or one without a dot, as containers call each other: no website has such a one. */
const LOCAL = /^([\w-]+|([\w-]+\.)+localhost)$/i;

/** What balancers and probes ask for. They call a service by names of their own, old ones by none. */
const FOR_EVERYBODY = ['/health/live', '/health/ready'];

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Tells whether an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

interface Options {
  readonly loopbackOnly: boolean;
  /** Origins that a proxy in front serves the pages under, `https://log.example`; undefined: none can be set. */
  readonly publicOrigins?: readonly string[] | undefined;
}

/**
 * Keeps other websites out, although they run in a browser that can reach loopback.
 * A page elsewhere can send a form to us, or load from us: refused by Origin and Sec-Fetch-Site, unless somebody follows a link.
 * It can also give its own host name our address (DNS rebinding): refused by the Host, as long as the service listens on loopback only.
 */
export function refuseForeignSites({ loopbackOnly, publicOrigins }: Options): RequestHandler {
  const publicNames = new Set((publicOrigins ?? []).map((origin) => new URL(origin).hostname));
  return (request, _response, next) => {
    if (request.method !== 'OPTIONS' && !FOR_EVERYBODY.includes(request.path)) {
      if (request.headers.host === undefined && request.httpVersion !== '1.0')
        throw new Problem('malformed', 'A request needs a Host.');
      if (loopbackOnly && !isOwnHost(request.headers.host, publicNames))
        throw new Problem(
          'misdirected',
          'This service listens on this machine only: call it as 127.0.0.1 or localhost.' +
            (publicOrigins === undefined ? '' : ' For a proxy with a name of its own, set PUBLIC_ORIGINS.'),
        );
    }
    const { origin, host } = request.headers;
    const isOwnOrigin = origin === undefined || origin === `http://${host}` || publicOrigins?.includes(origin);
    if ((!isOwnOrigin || isOfAnotherSite(request)) && !isNavigation(request))
      throw new Problem(
        'foreign-origin',
        'This service answers its own pages, and programs, but no other website.' +
          (isOwnOrigin || publicOrigins === undefined
            ? ''
            : ` If it is shown as ${forLog(origin)} by a proxy, put that into PUBLIC_ORIGINS.`),
      );
    next();
  };
}

/** Whether a Host cannot be a name that another website gave to our address: an address is no name, and a browser sends a Host. */
function isOwnHost(host: string | undefined, publicNames: ReadonlySet<string>): boolean {
  if (host === undefined) return true;
  const [, name = ''] = /^(\[[\da-f:.]+\]|[^:]+)(?::\d*)?$/i.exec(host) ?? [];
  return LOCAL.test(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || publicNames.has(name.toLowerCase());
}

function isOfAnotherSite({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

/** Whether a browser shows the answer as a page of its own, not within another one's, and nothing is sent. */
function isNavigation({ method, headers }: Request): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest = 'document' } = headers;
  return (method === 'GET' || method === 'HEAD') && mode === 'navigate' && dest === 'document';
}
