import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';

type Parse<T> = (value: string) => T | undefined;

/** Reads settings from environment variables and gathers what is wrong with them. */
export class Environment {
  readonly #variables: NodeJS.ProcessEnv;
  readonly #problems: string[] = [];

  constructor(variables: NodeJS.ProcessEnv) {
    this.#variables = variables;
  }

  /** A whole number from `min` to `max`. */
  integer(name: string, fallback: number, { min, max }: { readonly min: number; readonly max: number }): number {
    return this.#read(name, String(fallback), `a whole number from ${min} to ${max}`, (value) => {
      const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      return number >= min && number <= max ? number : undefined;
    });
  }

  /** A TCP port; 0 lets the system choose one. */
  port(name: string, fallback: number): number {
    return this.integer(name, fallback, { min: 0, max: 65_535 });
  }

  /** One of a few words, in small letters or capitals. */
  choice<T extends string>(name: string, fallback: T, choices: readonly T[]): T {
    return this.#read(name, fallback, `one of ${choices.join(', ')}`, (value) =>
      choices.find((choice) => choice === value.toLowerCase()),
    );
  }

  /** 1 or 0, which is the default; `mustBe` says what it must be while 1 is not taken. */
  flag(name: string, mustBe?: string): boolean {
    const isTaken = (value: string) => value === '0' || (value === '1' && mustBe === undefined);
    return this.#read(name, '0', mustBe ?? '1 or 0', (value) => (isTaken(value) ? value : undefined)) === '1';
  }

  /** A text without white space. */
  word(name: string, fallback: string): string {
    return this.#read(name, fallback, 'a word without spaces', (value) => (/^\S+$/.test(value) ? value : undefined));
  }

  /** A `host:port` address. */
  address(name: string, fallback: string): string {
    return this.#read(name, fallback, 'an address of the form host:port', (value) => {
      return isAddress(value) ? value : undefined;
    });
  }

  /** Addresses with a name each, `name=host:port`, separated by commas; without a name the address is the name. */
  namedAddresses(name: string, fallback: string): ReadonlyMap<string, string> {
    return this.#read(name, fallback, 'name=host:port, each name once, separated by commas', (value) => {
      const pairs = value.split(',').map((entry) => /^(?:([\w.-]+)=)?([^=]*)$/.exec(entry));
      const addresses = new Map(pairs.map((pair) => [pair?.[1] ?? pair?.[2] ?? '', pair?.[2] ?? '']));
      const areGood = pairs.every((pair) => isAddress(pair?.[2] ?? '')) && addresses.size === pairs.length;
      return areGood ? addresses : undefined;
    });
  }

  /** One or more http URLs without a path, separated by commas; each is given back without a slash at its end. */
  urls(name: string, fallback: string): readonly string[] {
    return this.#read(
      name,
      fallback,
      'one or more http:// URLs without a path, each once, separated by commas',
      (value) => {
        const urls = value.split(',').map((part) => parseOrigin(part));
        return urls.every((url) => url !== undefined) && new Set(urls).size === urls.length ? urls : undefined;
      },
    );
  }

  /** Origins of pages, as a browser has them: http or https, separated by commas; none if the variable is not set. */
  origins(name: string): readonly string[] {
    return this.#read(name, '', 'origins such as https://log.example, separated by commas', (value) => {
      const origins = value === '' ? [] : value.split(',').map((part) => parseOrigin(part, ['http:', 'https:']));
      return origins.every((origin) => origin !== undefined) ? origins : undefined;
    });
  }

  /** An http URL without a path, or undefined if the variable is not set. */
  optionalUrl(name: string): string | undefined {
    const parse: Parse<string | null> = (value) => (value === '' ? null : parseOrigin(value));
    return this.#read(name, '', 'an http:// URL without a path', parse) ?? undefined;
  }

  /** The absolute path of a folder that is there, or undefined if the variable is not set. */
  optionalFolder(name: string): string | undefined {
    const isFolder = (path: string) => isAbsolute(path) && existsSync(`${path}/`);
    const parse: Parse<string> = (value) => (value === '' || isFolder(value) ? value : undefined);
    return this.#read(name, '', 'the absolute path of a folder', parse) || undefined;
  }

  /** What was wrong with what was read so far, a sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** The same as one text; undefined if nothing was wrong. */
  objection(): string | undefined {
    const count = this.#problems.length;
    if (count === 0) return undefined;
    const list = this.#problems.map((problem) => `\n  - ${problem}`).join('');
    return `The configuration has ${count === 1 ? 'a problem' : `${count} problems`}:${list}`;
  }

  #read<T>(name: string, fallback: string, expected: string, parse: Parse<T>): T {
    // An empty variable counts as unset, as a shell's NAME= does for most programs.
    const value = this.#variables[name] || fallback;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    this.#problems.push(`${name} must be ${expected}, but is ${JSON.stringify(value)}`);
    return parse(fallback) as T; // never used: nothing starts
  }
}

function isAddress(text: string): boolean {
  const port = Number(/^[\w.-]+:(\d{1,5})$/.exec(text)?.[1]);
  return port > 0 && port < 65_536;
}

function parseOrigin(text: string, protocols = ['http:']): string | undefined {
  const url = URL.parse(text.trim());
  return url !== null &&
    protocols.includes(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === ''
    ? url.origin
    : undefined;
}
