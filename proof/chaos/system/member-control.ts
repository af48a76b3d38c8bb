import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ROOT, type Runtime } from '../../../test/launched.ts';
import { mustHappen } from './fault-error.ts';
import { type Control, type Member, numberOf } from './parts.ts';
import { endProcess, freezeProcess, holdsWithin, resumeProcess, stateOf } from './process-control.ts';

const run = promisify(execFile);

export interface MemberControl extends Control<Member> {
  /** The pid of a member on this machine, in a container too. */
  pidOf(member: Member): Promise<number>;
  /** Lets every frozen member go on. */
  resumeAll(): Promise<void>;
}

/** Creates the control of the members of a launch that is running. */
export function createMemberControl(runtime: Runtime, env: NodeJS.ProcessEnv): MemberControl {
  const frozen = new Set<Member>();
  const direct = runtime === 'docker' ? containers(env) : processes(env);
  return {
    ...direct,
    async freeze(member) {
      frozen.add(member);
      await direct.freeze(member);
    },
    async resume(member) {
      await direct.resume(member);
      frozen.delete(member);
    },
    async start(member) {
      // Waits until it has joined and has its copies.
      await run('bash', ['hazelcast/member.sh', 'start', String(numberOf(member))], { cwd: ROOT, env }).catch((error) =>
        mustHappen(false, `${member} was not started: ${error}`),
      );
    },
    async resumeAll() {
      for (const member of frozen) await direct.resume(member).catch(() => {});
      frozen.clear();
    },
  };
}

type Direct = Omit<MemberControl, 'start' | 'resumeAll'>;

function processes(env: NodeJS.ProcessEnv): Direct {
  const pidOf = async (member: Member) => Number(await readFile(`${env.RUN_DIR}/${member}.pid`, 'utf8'));
  return {
    pidOf,
    kill: async (member) => endProcess(await pidOf(member), 'SIGKILL'),
    terminate: async (member) => endProcess(await pidOf(member), 'SIGTERM'),
    freeze: async (member) => freezeProcess(await pidOf(member)),
    resume: async (member) => resumeProcess(await pidOf(member)),
  };
}

function containers(env: NodeJS.ProcessEnv): Direct {
  const nameOf = (member: Member) => `${env.MEMBER_PREFIX}${numberOf(member)}`;
  const docker = (...args: string[]) =>
    run('docker', args, { timeout: 20_000 }).then(
      ({ stdout }) => stdout.trim(),
      (error) => {
        mustHappen(false, `docker ${args.join(' ')} failed: ${error}`);
        return '';
      },
    );
  const state = (member: Member, field: 'Paused' | 'Running' | 'Pid') =>
    docker('inspect', '--format', `{{.State.${field}}}`, nameOf(member)).catch(() => '');
  const pidOf = async (member: Member) => Number(await state(member, 'Pid'));
  const end = async (member: Member, ...command: string[]) => {
    const pid = await pidOf(member);
    mustHappen(pid > 0, `${member} was gone before docker ${command.join(' ')}`);
    await docker(...command, nameOf(member));
    // The container is removed as well, or its name would be taken.
    const gone = () =>
      holdsWithin(15_000, async () => (await stateOf(pid)) === '' && (await state(member, 'Pid')) === '');
    mustHappen(await gone(), `${member} lives on after docker ${command.join(' ')}`);
  };
  return {
    pidOf,
    kill: (member) => end(member, 'kill'),
    terminate: (member) => end(member, 'stop'),
    async freeze(member) {
      await docker('pause', nameOf(member));
      mustHappen((await state(member, 'Paused')) === 'true', `${member} is not paused by docker pause`);
    },
    async resume(member) {
      mustHappen((await state(member, 'Paused')) === 'true', `${member} should be paused still, but is not`);
      await docker('unpause', nameOf(member));
      mustHappen((await state(member, 'Paused')) === 'false', `${member} does not go on after docker unpause`);
    },
  };
}
