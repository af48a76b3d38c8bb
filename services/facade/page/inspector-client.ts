import type { Message } from '../../shared/message/message.ts';
import { Problem } from '../../shared/message/problem.ts';
import { createHttpClient } from '../http-client.ts';

/** How the map lies over the members, as a logger tells it (services/logger/reading/inspect/map-inspector.ts says what each means). */
export interface MapLayout {
  readonly members: readonly string[];
  readonly owners: readonly number[];
  readonly entries: readonly number[];
  readonly copies?: number;
  readonly size: number;
  readonly isExact: boolean;
  readonly isFresh: boolean;
  readonly duplicated: number;
  readonly safe?: boolean;
}

/** Where one message is. */
export interface MessagePlace extends Message {
  readonly partition: number;
  readonly owner?: string;
  readonly backups?: readonly string[];
}

/** What a logger tells people of the map. Its answers are our own services': they are taken as they are. */
export interface InspectorClient {
  layout(signal: AbortSignal): Promise<MapLayout>;
  older(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly Message[]>;
  /** Throws the Problem not-found if there is no such message. */
  find(UUID: string, signal: AbortSignal): Promise<MessagePlace>;
  missing(UUIDs: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
}

/** More than the page asks for at a time. */
const MAX_MESSAGES = 50;

/** Creates the client of the logger at a URL; `maxMessageBytes` is the length of the longest text, in UTF-8. */
export function createInspectorClient(
  url: string,
  { maxMessageBytes }: { readonly maxMessageBytes: number },
): InspectorClient {
  const http = createHttpClient(url);
  const maxAnswerBytes = MAX_MESSAGES * (6 * maxMessageBytes + 1_024); // in JSON at its longest

  async function ask<T>(path: string, signal: AbortSignal, how: { params?: object; body?: object } = {}) {
    const response = await http.request<string>({
      url: path,
      signal,
      method: how.body === undefined ? 'GET' : 'POST',
      params: how.params,
      data: JSON.stringify(how.body),
      headers: how.body === undefined ? {} : { 'Content-Type': 'application/json' },
      maxContentLength: maxAnswerBytes,
    });
    if (response.status === 404) throw new Problem('not-found', String(JSON.parse(response.data).detail));
    if (response.status === 400) throw new Problem('malformed', String(JSON.parse(response.data).detail));
    if (response.status !== 200) throw new Error(`it answered ${response.status}`);
    return JSON.parse(response.data) as T;
  }

  return {
    layout: (signal) => ask<MapLayout>('/map/layout', signal),
    async older(query, signal) {
      const { messages } = await ask<{ messages: Message[] }>('/map/older', signal, { params: query });
      return messages;
    },
    find: (UUID, signal) => ask<MessagePlace>(`/map/messages/${UUID}`, signal),
    async missing(UUIDs, signal) {
      const { missing } = await ask<{ missing: string[] }>('/map/missing', signal, { body: { UUIDs } });
      return missing;
    },
  };
}
