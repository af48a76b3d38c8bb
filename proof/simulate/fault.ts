import type { Random } from '../random.ts';
import type { World } from './world.ts';

/** Something that goes wrong for a while. */
export interface Fault {
  /** The name of its kind. */
  readonly kind: string;
  readonly atMs: number;
  readonly untilMs: number;
  readonly begin: (world: World) => void;
  readonly end: (world: World) => void;
  /** Whether the members lose all that they have. */
  readonly losesMemory: boolean;
  /** Whether no request has to fail for it when it is alone. */
  readonly isHidden: boolean | 'in memory';
}

/** A kind of fault, of which each seed makes others. */
export interface Kind {
  readonly losesMemory?: boolean;
  /** Whether it is known that it may show something (docs/guarantees.md). */
  readonly isOpen?: boolean;
  /** How long it lasts, in ms. */
  readonly lasts: readonly [least: number, most: number];
  /** How often it is drawn. */
  readonly weight: number;
  /** Whether no request has to fail for it when it is alone; or only where nothing is kept on disk. */
  readonly isHidden?: boolean | 'in memory';
  readonly make: (random: Random) => Pick<Fault, 'begin' | 'end'>;
}
