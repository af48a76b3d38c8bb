import { type SystemAt, systemAt } from './launched.ts';
import { runScript, type ScriptRun } from './script-run.ts';

/** A system that launch.sh runs on a terminal of its own. */
export interface ScriptSystem extends SystemAt {
  /** Starts it, and waits until it is ready. */
  start(): Promise<void>;
  /** The script; throws before it is started. */
  script(): ScriptRun;
  /** All that was printed so far, by the script and the services. */
  output(): string;
  /** Ends it, if it still runs. */
  end(): Promise<void>;
}

/** Makes a system of an isolatedEnvironment. Nothing is started yet. */
export function createScriptSystem(env: NodeJS.ProcessEnv): ScriptSystem {
  let run: ScriptRun | undefined;
  const script = () => {
    if (run === undefined) throw new Error('it is not started');
    return run;
  };
  return {
    ...systemAt(env),
    async start() {
      run = runScript('launch.sh', [], env);
      await run.prints('Ctrl+C');
    },
    script,
    output: () => script().output(),
    async end() {
      run?.end();
      await run?.ended;
    },
  };
}
