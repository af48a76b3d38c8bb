import type { Express, Request, Response } from 'express';
import { addRoute } from '../../shared/http/express-app.ts';
import { parseJsonBody, readBody } from '../../shared/http/request-body.ts';
import { parseMembers } from '../../shared/message/message.ts';
import { Problem } from '../../shared/message/problem.ts';
import { type Lab, parseOrder } from './lab.ts';

const MAX_ORDER_BYTES = 1_024;

/** Adds the address that takes orders; without a lab, each is refused. */
export function addLab(app: Express, lab: Lab | undefined): void {
  async function act(request: Request, response: Response): Promise<void> {
    if (lab === undefined)
      throw new Problem('foreign-origin', 'The lab is off: nothing is killed from here unless launched with LAB=1.');
    if (request.get('Lab-Token') !== lab.token)
      throw new Problem('foreign-origin', 'Orders are taken from this page only. Load it anew.');
    const { part, action } = parseOrder(parseMembers(parseJsonBody(request), ['part', 'action']), lab.parts);
    const command = await lab.act(part, action);
    response.status(202).json({ command });
  }
  addRoute(app, '/ui/lab', { POST: [readBody(MAX_ORDER_BYTES), act] });
}
