import type { Express, Request, Response } from 'express';
import { addRedirect, addRoute, redirect } from '../../shared/http/express-app.ts';
import { logProblem, toProblem } from '../../shared/http/problem-answer.ts';
import { bodyLimitBytes, readBody } from '../../shared/http/request-body.ts';
import { traceOf } from '../../shared/http/request-trace.ts';
import { onOneLine } from '../../shared/message/printable.ts';
import type { Log } from '../../shared/observing/log.ts';
import { NO_MESSAGES_SERVICE, type SendMessages } from '../get-messages.ts';
import type { Write } from '../message-writer.ts';
import type { AskMessagesService } from '../messages-client.ts';
import { parseSubmission, type SubmissionRules } from '../post-message.ts';
import { formPage, HELP, NOT_LOGGED, sendPage, THANKS } from './pages.ts';

interface Options extends SubmissionRules {
  readonly write: Write;
  readonly sendMessages: SendMessages;
  readonly askMessagesService: AskMessagesService;
  readonly log: Log;
}

/** Adds the original's pages. */
export function addClassicPages(app: Express, options: Options): void {
  const { write, sendMessages, askMessagesService, maxMessageBytes, log } = options;

  /** Takes a message from the form. The answer is a page, whatever happens. */
  async function postForm(request: Request, response: Response): Promise<void> {
    try {
      const { outcome } = await write(await parseSubmission(request, options), traceOf(response));
      redirect(response, 302, outcome === 'conflict' ? '/polls/error' : '/polls/thanks');
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status >= 500) {
        logProblem(log, problem, response);
        return redirect(response, 302, '/polls/error');
      }
      sendPage(response.status(problem.status), formPage({ problem: problem.message }));
    }
  }

  async function showText(_request: Request, response: Response): Promise<void> {
    const text = await askMessagesService(traceOf(response));
    if (text === null) response.status(503).set('Retry-After', '1');
    response.type('text/plain').send(onOneLine(text ?? NO_MESSAGES_SERVICE));
  }

  const show = (content: string) => (_request: Request, response: Response) =>
    void response.type('text/plain').send(content);
  addRedirect(app, '/polls', '/polls/', { keepsMethod: true });
  addRoute(app, '/polls/', {
    GET: (_request, response) => sendPage(response, formPage()),
    POST: [readBody(bodyLimitBytes(maxMessageBytes)), postForm],
  });
  addRoute(app, '/polls/thanks', { GET: show(THANKS) });
  addRoute(app, '/polls/error', {
    GET: (request, response) => show(NOT_LOGGED)(request, response.status(503).set('Retry-After', '1')),
  });
  addRoute(app, '/polls/help', { GET: show(HELP) });
  addRoute(app, '/polls/database', {
    GET: (request, response) => sendMessages({ request, response, trace: traceOf(response) }, 'text/plain'),
  });
  addRoute(app, '/polls/messages', { GET: showText });
}
