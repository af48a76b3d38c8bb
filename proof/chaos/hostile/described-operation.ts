/** One call that an OpenAPI description has: what a client may send to a path by a method. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** The types its body may be of; none if it has no body. */
  readonly bodyTypes: readonly string[];
  /** The media types of its answers, by status. */
  readonly answerTypes: Readonly<Record<string, readonly string[]>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly format: 'uuid' | 'integer';
}

interface DescribedOperation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly type: string };
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** Reads the operations of an OpenAPI 3.1 description; throws if it has none. */
export function parseOperations(description: unknown): readonly Operation[] {
  const { paths } = description as { paths?: Record<string, Record<string, DescribedOperation>> };
  const operations = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      parameters: parameters.map(({ name, in: place, schema }) => ({
        name,
        in: place,
        format: schema.type === 'integer' ? ('integer' as const) : ('uuid' as const),
      })),
      bodyTypes: Object.keys(requestBody?.content ?? {}),
      answerTypes: Object.fromEntries(
        Object.entries(responses).map(([status, { content }]) => [status, Object.keys(content ?? {})]),
      ),
    })),
  );
  if (operations.length === 0) throw new Error('the description has no operations');
  return operations;
}

/** Whether a page answers with an error status by design: its description knows no success. */
export function alwaysFails({ answerTypes }: Operation): boolean {
  return !Object.keys(answerTypes).some((status) => status.startsWith('2') || status.startsWith('3'));
}
