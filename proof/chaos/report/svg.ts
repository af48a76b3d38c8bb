import { escapeHtml } from '../../../services/shared/message/printable.ts';

/** Where something is drawn, in units of the view box. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A coordinate with one decimal: a tenth of a pixel is not seen, and reports have many. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A path of a class; nothing if it has no points. */
export function path(className: string, d: string, attributes = ''): string {
  return d === '' ? '' : `<path class="${className}" d="${d}"${attributes && ` ${attributes}`}/>`;
}

/** Text at a point; anchors are as in SVG. */
export function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text x="${coordinate(x)}" y="${coordinate(y)}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}

/** Text along a vertical axis, read from below. */
export function axisTitle(x: number, y: number, text: string): string {
  const at = `${coordinate(x)} ${coordinate(y)}`;
  return `<text transform="translate(${at}) rotate(-90)" text-anchor="middle">${escapeHtml(text)}</text>`;
}
