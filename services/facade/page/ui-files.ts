import { readdirSync, readFileSync } from 'node:fs';

/** A file of the page. */
export interface UiFile {
  readonly type: string;
  readonly content: string;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Reads the files of the page, by their names. */
export function openUiFiles(folder: URL): ReadonlyMap<string, UiFile> {
  const names = readdirSync(folder).filter((name) => TYPES[extensionOf(name)] !== undefined);
  return new Map(
    names.map((name) => [
      name,
      { type: TYPES[extensionOf(name)] ?? '', content: readFileSync(new URL(name, folder), 'utf8') },
    ]),
  );
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
