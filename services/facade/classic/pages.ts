import type { Response } from 'express';
import { escapeHtml } from '../../shared/message/printable.ts';

/** The original's pages: plain HTML in which no text from outside is markup. */
export function sendPage(response: Response, body: string): void {
  response
    .set('Content-Security-Policy', "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    .type('text/html')
    .send(
      `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<meta name="color-scheme" content="light dark"><title>Trilog</title></head>\n<body>\n${body}\n</body>\n</html>\n`,
    );
}

/** The form that sends a message; after a refusal with the reason. */
export function formPage({ problem }: { readonly problem?: string } = {}): string {
  return [
    '<h1>Trilog</h1>',
    problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>`,
    '<form method="post" action="/polls/">',
    `<p><label for="msg">Your message</label> <input id="msg" name="msg" required autofocus></p>`,
    '<p><button type="submit">Submit</button></p>',
    '</form>',
    `<p>${LINKS}</p>`,
  ].join('\n');
}

const LINKS = ['/polls/database', '/polls/messages', '/polls/help']
  .map((path) => `<a href="${path}">${path}</a>`)
  .join(' ');

export const THANKS = "Thank's for the message!";
export const NOT_LOGGED = 'Message was not logged...';
export const HELP =
  'Welcome to Trilog. /polls/ sends a message, /polls/database shows all messages, /polls/messages the text of the messages service.';
