import { beginTrace, type TraceContext } from './trace.ts';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

interface SpanOptions {
  readonly kind: 'server' | 'client' | 'internal';
  /** What it is done for; without it the span begins a trace. */
  readonly parent?: TraceContext | undefined;
  /** What else it is done for: a batch is for each of its messages. */
  readonly links?: readonly TraceContext[];
  readonly attributes?: Attributes;
}

/** Something that is being done for a request or a message. As a context, it is what is passed on to whoever is called. */
export interface Span extends TraceContext {
  /** Whether anybody gets to see it. */
  readonly isRecorded: boolean;
  /** Notes that something else is done for it, outside its trace. */
  link(other: TraceContext): void;
  rename(name: string): void;
  end(attributes?: Attributes, error?: unknown): void;
}

/** Follows what is done through the services. */
export interface Tracer {
  startSpan(name: string, options: SpanOptions): Span;
  close(): Promise<void>;
}

/** A tracer that records nothing: ids are made and passed on all the same, for log lines. */
export const createSilentTracer = (): Tracer => ({ startSpan: startSilentSpan, close: async () => {} });

/** Starts a span that nobody records: it has the ids of its parent, or begins a trace. */
export function startSilentSpan(_name: string, { parent }: SpanOptions): Span {
  return new SilentSpan(parent ?? beginTrace());
}

class SilentSpan implements Span {
  readonly isRecorded = false;
  readonly traceId: string;
  readonly traceparent: string;
  constructor({ traceId, traceparent }: TraceContext) {
    this.traceId = traceId;
    this.traceparent = traceparent;
  }
  link(): void {}
  rename(): void {}
  end(): void {}
}
