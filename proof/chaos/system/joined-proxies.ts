import type { SpoilingProxy } from './proxy.ts';

/** Takes several proxies for one: what is set is set of each, what is counted is their sum; its URL is that of the first. */
export function joinProxies([first, ...others]: readonly [SpoilingProxy, ...SpoilingProxy[]]): SpoilingProxy {
  const all = [first, ...others];
  const sum = (count: (proxy: SpoilingProxy) => number) => all.reduce((total, proxy) => total + count(proxy), 0);
  return {
    url: first.url,
    countOf: (path) => sum((proxy) => proxy.countOf(path)),
    get misbehaved() {
      return sum(({ misbehaved }) => misbehaved);
    },
    setMode(mode, options) {
      for (const proxy of all) proxy.setMode(mode, options);
    },
    async close() {
      await Promise.all(all.map((proxy) => proxy.close()));
    },
  };
}
