import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import { addRoute } from './express-app.ts';

// Nothing but this service's own files and answers. `data:` is for the icons that Swagger UI has in its style sheet.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Trilog: try it</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', validatorUrl: null, deepLinking: false });\n`;
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

/** Adds a page on which a service's calls can be tried: Swagger UI, from this service alone. */
export function addDocsPage(app: Express): void {
  addRoute(app, '/docs', {
    GET: (_request, response) => void response.set('Content-Security-Policy', POLICY).type('html').send(PAGE),
  });
  addRoute(app, '/docs/start.js', { GET: (_request, response) => void response.type('js').send(START) });
  for (const file of FILES) {
    // dotfiles: the project may stand below a folder whose name begins with a dot.
    const path = fileURLToPath(import.meta.resolve(`swagger-ui-dist/${file}`));
    addRoute(app, `/docs/${file}`, {
      GET: (_request, response) =>
        response.sendFile(path, { cacheControl: false, dotfiles: 'allow', acceptRanges: false }),
    });
  }
}
