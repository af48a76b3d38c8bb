import { readFileSync } from 'node:fs';
import type { Express, RequestHandler } from 'express';
import type { Events } from '../events.ts';
import { createInspect } from './inspector.ts';
import { createLiveView } from './live-view.ts';
import { addUi, createShowPage } from './ui.ts';

interface Options extends Omit<Parameters<typeof createLiveView>[1], 'inspect'> {
  readonly events: Events;
  /** Where `page.html` is, and the folder `ui` with what it loads. */
  readonly folder: URL;
}

/** The page for people, and what it asks for. */
export interface Page {
  /** Answers browsers, and passes on all others. */
  readonly show: RequestHandler;
  addRoutes(app: Express): void;
  close(): void;
}

/** Opens the page: reads it, and listens to what happens. Throws an error if its file is not there. */
export function openPage({ folder, events, ...options }: Options): Page {
  const inspect = createInspect(options.pool);
  const view = createLiveView(events, { ...options, inspect });
  const html = readFileSync(new URL('page.html', folder), 'utf8');
  const ui = { html, files: new URL('ui/', folder), view, inspect, lab: options.lab };
  return { show: createShowPage(ui), addRoutes: (app) => addUi(app, ui), close: view.close };
}
