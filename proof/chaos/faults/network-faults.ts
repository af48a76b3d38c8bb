import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mustHappen } from '../system/fault-error.ts';
import { MEMBERS, type Member, numberOf } from '../system/parts.ts';
import { holdsWithin } from '../system/process-control.ts';
import type { SystemRuntime } from '../system/runtime.ts';
import type { System } from '../system/system.ts';
import type { Fault, Stage } from './fault.ts';

const run = promisify(execFile);
/** The members give each other up after 5 s of silence. */
const SPLIT_WITHIN_MS = 25_000;
const HOLD_MS = 15_000;

/** Cuts one member's container off from the other two, not from its logger: their packets are dropped in its own network. */
async function cutOff({ system, random, say, hold, injected, healed }: Stage): Promise<void> {
  const [member, ...others] = random.shuffle(MEMBERS) as [Member, Member, Member];
  say(`${member}, off from ${others.join(' and ')}`);
  const pid = await system.members.pidOf(member);
  const addresses = await Promise.all(others.map((other) => addressOf(system, other)));
  const rules = addresses.flatMap((address) => [
    ['INPUT', '-s', address, '-j', 'DROP'],
    ['OUTPUT', '-d', address, '-j', 'DROP'],
  ]);
  const change = async (action: '-I' | '-D') => {
    for (const rule of rules) {
      const command = ['--target', String(pid), '--net', 'iptables', '-w', action, ...rule];
      await run('nsenter', command).catch((error) =>
        mustHappen(false, `nsenter ${command.join(' ')} failed: ${error}`),
      );
    }
  };
  injected();
  try {
    await change('-I');
    const isSplit = async () => (await system.clusterSizes()).toSorted().join() === '1,2,2';
    mustHappen(
      await holdsWithin(SPLIT_WITHIN_MS, isSplit),
      `the cluster did not split: ${await system.clusterSizes()}`,
    );
    await hold(HOLD_MS);
  } finally {
    healed();
    await change('-D');
  }
}

async function addressOf({ env }: System, member: Member): Promise<string> {
  // Not that on Docker's own network, by which the loggers reach it.
  const format = `{{(index .NetworkSettings.Networks "${env.NETWORK}").IPAddress}}`;
  const { stdout } = await run('docker', ['inspect', '--format', format, `${env.MEMBER_PREFIX}${numberOf(member)}`]);
  const address = stdout.trim();
  mustHappen(/^\d+(\.\d+){3}$/.test(address), `${member} has no address of its own, but "${address}"`);
  return address;
}

async function whyNot(runtime: SystemRuntime): Promise<string | undefined> {
  if (runtime === 'jvm') return 'members that are plain processes share one address: there is no network to cut';
  if (process.platform !== 'linux') return 'it needs the network namespaces of Linux';
  if (process.getuid?.() !== 0) return 'it needs root, to enter the network of a container';
  for (const command of ['nsenter', 'iptables']) {
    const there = await run(command, ['--version']).then(
      () => true,
      () => false,
    );
    if (!there) return `there is no command ${command}`;
  }
  return undefined;
}

export const NETWORK_FAULTS: readonly Fault[] = [
  {
    name: 'cut-member',
    summary: 'one member is cut off from the other two, not from its logger',
    bars: {},
    impossible: whyNot,
    run: cutOff,
  },
];
