import type { Express, RequestHandler } from 'express';
import type { Events, Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';
import { createInspect } from './inspector.ts';
import { createInspectorClient } from './inspector-client.ts';
import { createLiveView, type ShownLab } from './live-view.ts';
import { addUi, createShowPage } from './ui.ts';
import { openUiFiles } from './ui-files.ts';
import { watchWrites } from './write-watch.ts';

interface Options {
  /** Where its files are. */
  readonly folder: URL;
  readonly events: Events;
  readonly pool: LoggerPool<Logger>;
  readonly lab: ShownLab | undefined;
  readonly maxMessageBytes: number;
}

/** The page for people, and what it asks for. */
export interface Page {
  /** Answers browsers, and passes on all others. */
  readonly show: RequestHandler;
  addRoutes(app: Express): void;
  close(): void;
}

/** Opens the page: reads its files, and listens to what happens. */
export function openPage({ folder, events, pool, lab, maxMessageBytes }: Options): Page {
  const clients = pool.loggers.map(({ name, url }) => [name, createInspectorClient(url, { maxMessageBytes })] as const);
  const inspect = createInspect(pool, new Map(clients));
  const view = createLiveView({ pool, watch: watchWrites(events), inspect, lab });
  const ui = { files: openUiFiles(folder), view, inspect, lab };
  return { show: createShowPage(ui), addRoutes: (app) => addUi(app, ui), close: view.close };
}
