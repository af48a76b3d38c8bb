/** Every member that one answer or another of the services has. */
export interface Body {
  readonly UUID: string;
  readonly msg: string;
  readonly logger: string;
  readonly type: string;
  readonly title: string;
  readonly status: unknown;
  readonly detail: string;
  readonly requestId: string;
  readonly example: string;
  readonly loggers: readonly { readonly name: string }[];
  readonly openapi: string;
}

/** Reads an answer's JSON body. */
export const bodyOf = async (response: Response) => (await response.json()) as Body;

/** Creates the calls of one facade's user; its URL is asked for at each call, as it is known only once it runs. */
export function createCaller(getUrl: () => string) {
  function send(
    body: string | Buffer,
    type: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const typed = type === undefined ? headers : { 'Content-Type': type, ...headers };
    return fetch(getUrl(), { method: 'POST', body: Buffer.from(body), headers: typed });
  }
  function get(path: string, accept = '*/*', init: RequestInit = {}): Promise<Response> {
    return fetch(getUrl() + path, { headers: { Accept: accept }, redirect: 'manual', ...init });
  }
  async function allMessages(): Promise<{ UUID: string; msg: string }[]> {
    const lines = (await (await get('/', 'application/x-ndjson')).text()).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }
  return { send, get, allMessages };
}
