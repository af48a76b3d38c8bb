import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mustHappen } from './fault-error.ts';
import type { Control, Part } from './parts.ts';
import { holdsWithin } from './process-control.ts';

const run = promisify(execFile);
const DOCKER_MS = 30_000;
const END_MS = 15_000;

/** Runs a docker command and gives what it prints; throws a FaultDidNotHappen if it fails. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...args], { timeout: DOCKER_MS }).catch((error) => {
    mustHappen(false, `docker ${args.join(' ')} failed: ${error}`);
    return { stdout: '' };
  });
  return stdout.trim();
}

export interface ContainerControl extends Control<Part> {
  /** The pid, on this machine, of the first process of a container. */
  pidOf(part: Part): Promise<number>;
  /** Takes a part out of a network. */
  disconnect(part: Part, network: string): Promise<void>;
  /** Puts it back, under the names that it had there. */
  connect(part: Part, network: string): Promise<void>;
  /** Lets everything go on, and puts it back. */
  mendAll(): Promise<void>;
}

interface Options {
  readonly nameOf: (part: Part) => string;
  /** Resolves once a part that was started does what it is there for. */
  readonly started: (part: Part) => Promise<void>;
}

/** Creates the control of containers that stay when they have ended, by the commands that a person uses. */
export function createContainerControl({ nameOf, started }: Options): ContainerControl {
  const frozen = new Set<Part>();
  const cut = new Map<string, { readonly part: Part; readonly network: string }>();
  const state = (part: Part, field: 'Paused' | 'Running' | 'Pid') =>
    docker('inspect', '--format', `{{.State.${field}}}`, nameOf(part));

  async function end(part: Part, command: 'kill' | 'stop'): Promise<void> {
    mustHappen((await state(part, 'Running')) === 'true', `${part} was gone before docker ${command}`);
    await docker(command, nameOf(part));
    const gone = await holdsWithin(END_MS, async () => (await state(part, 'Running')) === 'false');
    mustHappen(gone, `${part} lives on after docker ${command}`);
  }
  async function resume(part: Part): Promise<void> {
    mustHappen((await state(part, 'Paused')) === 'true', `${part} should be paused still, but is not`);
    await docker('unpause', nameOf(part));
    mustHappen((await state(part, 'Paused')) === 'false', `${part} does not go on after docker unpause`);
    frozen.delete(part);
  }
  async function connect(part: Part, network: string): Promise<void> {
    await docker('network', 'connect', '--alias', part, network, nameOf(part));
    cut.delete(`${part} ${network}`);
  }

  return {
    pidOf: async (part) => Number(await state(part, 'Pid')),
    kill: (part) => end(part, 'kill'),
    terminate: (part) => end(part, 'stop'),
    async freeze(part) {
      await docker('pause', nameOf(part));
      frozen.add(part);
      mustHappen((await state(part, 'Paused')) === 'true', `${part} is not paused by docker pause`);
    },
    resume,
    async start(part) {
      await docker('start', nameOf(part));
      await started(part);
    },
    async disconnect(part, network) {
      await docker('network', 'disconnect', network, nameOf(part));
      cut.set(`${part} ${network}`, { part, network });
      const networks = await docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', nameOf(part));
      mustHappen(!(network in JSON.parse(networks)), `${part} is in ${network} after docker network disconnect`);
    },
    connect,
    async mendAll() {
      for (const part of frozen) await resume(part).catch(() => {});
      for (const { part, network } of cut.values()) await connect(part, network).catch(() => {});
    },
  };
}
