import type { Random } from '../../random.ts';
import type { Call } from './http-call.ts';

const FORMS = ['json', 'form', 'text'] as const;

/** One of the ways to hand in a text; a UUID goes into the body or the header. */
export function submission(msg: string, uuid: string, random: Random): Omit<Call, 'host' | 'port'> {
  const form = random.pick(FORMS);
  const inBody = form === 'json' && uuid !== '' && random.next() < 0.5;
  const key: Record<string, string> = uuid === '' || inBody ? {} : { 'Idempotency-Key': uuid };
  const whole = (type: string, body: string): Omit<Call, 'host' | 'port'> => ({
    path: '/',
    method: 'POST',
    headers: { ...key, 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) },
    body,
  });
  if (form === 'json') return whole('application/json', JSON.stringify(inBody ? { UUID: uuid, msg } : { msg }));
  if (form === 'form') return whole('application/x-www-form-urlencoded', new URLSearchParams({ msg }).toString());
  return whole('text/plain', msg);
}
