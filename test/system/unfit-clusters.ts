import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openLoggerParts } from '../../services/logger/logger.ts';
import { createSilentLog } from '../../services/shared/observing/log.ts';
import type { SystemAt } from '../launched.ts';
import { until } from '../until.ts';
import { storeConfig } from './store-config.ts';

/** Tests that a logger stays away from a cluster that cannot keep the promises, and says why. */
export function testUnfitClusters(trilog: SystemAt): void {
  for (const [what, unfit, reason] of [
    ['of another name', { clusterName: 'other' }, /: its cluster has another name than "other" \(HZ_CLUSTERNAME\)$/],
    [
      'whose maps have too few copies',
      { memberAddresses: new Map([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`member-${n}`, '127.0.0.1:1'])) },
      /: its map "voters" has a backup-count of 6, and 7 are needed$/,
    ],
    [
      'whose members have other names',
      { memberAddresses: new Map(['member-1', 'member-2', 'x'].map((name) => [name, '127.0.0.1:1'])) },
      /: its member "member-3" is none of member-1, member-2, x$/,
    ],
  ] as const) {
    test(`a cluster ${what} is not used, and the reason is said once`, async () => {
      const said: string[] = [];
      const log = Object.assign(createSilentLog(), { warn: (text: string) => void said.push(text) });
      const { status, close } = openLoggerParts({ ...storeConfig(trilog, 1), ...unfit }, log);
      try {
        await until('it says so', 10_000, async () => said.length > 0);
        await pause(1_000);
        assert.match(said.join(), reason);
        assert.match((await status({ withSafety: false })).reason ?? '', reason);
      } finally {
        await close();
      }
    });
  }
}
