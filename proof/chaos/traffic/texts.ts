import { onOneLine } from '../../../services/shared/message/printable.ts';

/** Every message whose number is a multiple of this carries something that a format has to escape or to split. */
const SPECIAL_EVERY = 50;
/** No spaces in them: the text format separates messages by one. */
const SPECIALS: readonly ((hash: string) => string)[] = [
  () => '"quoted"\\back\\nslash/',
  () => 'їжак–🦔🏳️‍🌈é',
  () => 'two\nlines\r\nand\ta\u001b[0mtab\u2028',
  (hash) => hash.repeat(300),
  () => '{"UUID":"&a=b+c%20#<b>\'',
];

/** How texts begin that a scenario of its own sends, beside the common traffic, and checks itself. */
const SCENARIO_MARKS = ['bad-input:', 'load:', 'fill:'];

/** Whether a text is a scenario's, which the checker passes over. */
export function isScenarioText(text: string): boolean {
  return SCENARIO_MARKS.some((mark) => text.startsWith(mark));
}

/** The text of message `n` in a run with a seed. Of two runs with different seeds it is not the same. */
export function textOf(seed: number, n: number): string {
  const hash = hashOf(seed, n);
  const special = n % SPECIAL_EVERY === 0 ? SPECIALS[(n / SPECIAL_EVERY) % SPECIALS.length] : undefined;
  return special === undefined ? `m${n}.${hash}` : `m${n}.${hash}.${special(hash)}`;
}

/** The number of a text, as it was sent or as the text format shows it; undefined if no writer can have sent it. */
export function messageNumberOf(seed: number, text: string): number | undefined {
  const n = claimedNumber(text);
  if (n === undefined) return undefined;
  const sent = textOf(seed, n);
  return text === sent || text === onOneLine(sent) ? n : undefined;
}

/** The number that a text claims to have, whether or not the rest of it is right. */
export function claimedNumber(text: string): number | undefined {
  const [, digits] = /^m(\d{1,15})\./.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function hashOf(seed: number, n: number): string {
  return mix(mix(seed) ^ n)
    .toString(36)
    .padStart(7, '0');
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain). */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
