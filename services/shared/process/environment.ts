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

  /** One of a few words. */
  choice<T extends string>(name: string, fallback: T, choices: readonly T[]): T {
    return this.#read(name, fallback, `one of ${choices.join(', ')}`, (value) =>
      choices.find((choice) => choice === value),
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

  /** The same, or undefined if the variable is not set. */
  optionalWord(name: string): string | undefined {
    const parse: Parse<string | null> = (value) => (value === '' ? null : /^\S+$/.test(value) ? value : undefined);
    return this.#read(name, '', 'a word without spaces', parse) ?? undefined;
  }

  /** A `host:port` address. */
  address(name: string, fallback: string): string {
    return this.#read(name, fallback, 'an address of the form host:port', (value) => {
      const port = /^[\w.-]+:(\d{1,5})$/.exec(value)?.[1];
      return port !== undefined && Number(port) > 0 && Number(port) < 65_536 ? value : undefined;
    });
  }

  /** Addresses with a name each, `name=host:port`, separated by commas; without a name the address is the name. */
  namedAddresses(name: string, fallback: string): ReadonlyMap<string, string> {
    return this.#read(name, fallback, 'name=host:port, each name once, separated by commas', (value) => {
      const pairs = value.split(',').map((entry) => /^(?:([\w.-]+)=)?([\w.-]+:\d{1,5})$/.exec(entry));
      const addresses = new Map(pairs.map((pair) => [pair?.[1] ?? pair?.[2] ?? '', pair?.[2] ?? '']));
      return pairs.every((pair) => pair !== null) && addresses.size === pairs.length ? addresses : undefined;
    });
  }

  /** One or more http URLs without a path, separated by commas; each is given back without a slash at its end. */
  urls(name: string, fallback: string): readonly string[] {
    return this.#read(
      name,
      fallback,
      'one or more http:// URLs without a path, each once, separated by commas',
      (value) => {
        const urls = value.split(',').map(parseOrigin);
        return urls.every((url) => url !== undefined) && new Set(urls).size === urls.length ? urls : undefined;
      },
    );
  }

  /** An http URL without a path, or undefined if the variable is not set. */
  optionalUrl(name: string): string | undefined {
    const parse: Parse<string | null> = (value) => (value === '' ? null : parseOrigin(value));
    return this.#read(name, '', 'an http:// URL without a path', parse) ?? undefined;
  }

  /** Says everything that was wrong with what was read so far; undefined if nothing was. */
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

function parseOrigin(text: string): string | undefined {
  const url = URL.parse(text.trim());
  return url?.protocol === 'http:' && url.pathname === '/' && url.search === '' && url.hash === ''
    ? url.origin
    : undefined;
}
