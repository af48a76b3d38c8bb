import { Counter, Gauge, type Registry } from 'prom-client';
import type { Events } from '../events.ts';

/** Adds how many follow, and how many lines come in, to a facade's registry. */
export function addStreamMetrics(registry: Registry, events: Events): void {
  const registers = [registry];
  const followers = new Gauge({ name: 'trilog_followers', help: 'Callers that follow the messages', registers });
  const slow = new Counter({
    name: 'trilog_slow_followers_total',
    help: 'Followers that were dropped because messages came faster than they took them',
    registers,
  });
  const bulks = new Gauge({
    name: 'trilog_bulk_requests',
    help: 'Requests with lines that are being taken',
    registers,
  });
  const lines = new Counter({
    name: 'trilog_bulk_lines_total',
    help: 'Lines of ended requests; what became of their messages is in trilog_messages_total',
    registers,
  });
  events.on('followBegun', () => followers.inc());
  events.on('followEnded', (isTooSlow) => {
    followers.dec();
    if (isTooSlow) slow.inc();
  });
  events.on('bulkBegun', () => bulks.inc());
  events.on('bulkEnded', (count) => {
    bulks.dec();
    lines.inc(count);
  });
}
