import { createRandom, type Random } from '../../random.ts';
import { BAD_ENCODINGS } from './bad-encodings.ts';
import { BAD_FRAMING } from './bad-framing.ts';
import { BAD_HEADERS } from './bad-headers.ts';
import { BAD_MULTIPART } from './bad-multipart.ts';
import { BAD_TARGETS } from './bad-targets.ts';
import { BAD_VALUES } from './bad-values.ts';
import type { Operation } from './described-operation.ts';
import { type BadRequest, type Draft, draftRequest, finish } from './request-draft.ts';

/** One way to make a valid request bad. */
export interface Mutation {
  readonly kind: string;
  /** Only for operations that have a body. */
  readonly needsBody?: boolean;
  /** Changes the draft, and tells what else the request is, beyond whole and valid HTTP. */
  apply(draft: Draft, random: Random): Partial<BadRequest>;
}

const AS_DESCRIBED: Mutation = { kind: 'as described', apply: () => ({}) };

interface Options {
  readonly operations: readonly Operation[];
  /** Host and port of the server. */
  readonly authority: string;
  readonly seed: number;
  readonly count: number;
}

/**
 * Makes bad requests: each begins as a valid one of a described operation, and is then made bad in one way. Every way
 * comes equally often, in an order drawn from the seed, which decides all else as well.
 */
export function* badRequests({ operations, authority, seed, count }: Options): Generator<BadRequest> {
  const random = createRandom(seed);
  const withBody = operations.filter(({ bodyTypes }) => bodyTypes.length > 0);
  let mutations: Mutation[] = [];
  for (let n = 0; n < count; n++) {
    if (mutations.length === 0) {
      const all = [
        AS_DESCRIBED,
        ...BAD_VALUES,
        ...BAD_MULTIPART,
        ...BAD_ENCODINGS,
        ...BAD_HEADERS,
        ...BAD_TARGETS,
        ...BAD_FRAMING,
      ];
      mutations = random.shuffle(all);
    }
    const mutation = mutations.pop() ?? AS_DESCRIBED;
    const operation = random.pick(mutation.needsBody === true ? withBody : operations);
    const draft = draftRequest(operation, authority, random);
    const how = mutation.apply(draft, random);
    yield finish(draft, `${mutation.kind}, ${draft.method.slice(0, 10)} ${operation.path}`, how);
  }
}
