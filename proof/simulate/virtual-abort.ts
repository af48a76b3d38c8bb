type Listener = () => void;

/** As an AbortSignal of the platform, of which one takes a tenth of a seed's time: what the services use of it. */
export class VirtualSignal {
  aborted = false;
  reason: unknown = undefined;
  #listeners: Listener[] = [];

  /** `once` changes nothing, as it aborts once. */
  addEventListener(_type: 'abort', listener: Listener): void {
    if (!this.aborted && !this.#listeners.includes(listener)) this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** Ends it, for VirtualController and what is made of several. */
  end(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  static any(signals: readonly VirtualSignal[]): VirtualSignal {
    const any = new VirtualSignal();
    for (const signal of signals) {
      if (signal.aborted) any.end(signal.reason);
      else signal.addEventListener('abort', () => any.end(signal.reason));
    }
    return any;
  }

  static timeout(ms: number): VirtualSignal {
    const signal = new VirtualSignal();
    setTimeout(() => signal.end(errorNamed('TimeoutError', 'The operation was aborted due to timeout')), ms);
    return signal;
  }
}

/** As an AbortController of the platform. */
export class VirtualController {
  readonly signal = new VirtualSignal();

  abort(reason: unknown = errorNamed('AbortError', 'This operation was aborted')): void {
    this.signal.end(reason);
  }
}

function errorNamed(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
