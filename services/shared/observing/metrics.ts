import type { Request, RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  /** Counts and times each request by method, route and status. */
  readonly observeRequests: RequestHandler;
  /** Answers `GET /metrics`. */
  readonly answer: RequestHandler;
}

/** Creates the metrics of one service (Prometheus text format, seconds and bytes), with those of the process. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [registry],
  });
  return {
    registry,
    observeRequests: (request, response, next) => {
      const start = performance.now();
      response.once('close', () => {
        const method = KNOWN_METHODS.has(request.method) ? request.method : 'other';
        // An answer that takes as long as its reader stays has a name of its own.
        const labels = { method, route: response.locals.route ?? routeOf(request), status: response.statusCode };
        duration.observe(labels, (performance.now() - start) / 1000);
      });
      next();
    },
    answer: async (_request, response) => {
      response.type(registry.contentType).send(await registry.metrics());
    },
  };
}

/** The route of a request, never its path: callers could make up any number of label values. */
function routeOf(request: Request): string {
  return typeof request.route?.path === 'string' ? request.route.path : 'none';
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
