import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../test/free-port.ts';
import type { RawTask } from './alternatives/raw.ts';
import { type Load, type LoadSample, type PostTarget, postFor } from './load.ts';
import { type Processes, startCpuClock } from './processes.ts';
import { type AskedProgram, type Program, startAsked, startCommand, startServer } from './program.ts';
import type { Trilog } from './trilog.ts';

/** What one measurement of POSTs gave. */
export interface PostSample extends LoadSample {
  /** CPU time a message, in µs, by process. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** A way to store messages. */
export interface Contender {
  readonly name: string;
  post(load: Load): Promise<PostSample>;
}

/** All ways that are compared, on the members of one system. */
export interface Contenders {
  readonly trilog: Contender;
  readonly plain: Contender;
  readonly nothing: Contender;
  /** Undefined where nginx is not installed. */
  readonly nginx: Contender | undefined;
  readonly raw: Contender;
  readonly rawClient: AskedProgram;
  /** The processes of the plain way, but for the members. */
  readonly plainProcesses: Processes;
  readonly plainUrl: string;
  stop(): Promise<void>;
}

/** Starts what Trilog is compared with. */
export async function openContenders(trilog: Trilog, folder: string): Promise<Contenders> {
  const { memberAddresses, clusterName, members, loggers, front, facadeUrl } = trilog;
  const started: Program[] = [];
  const stop = async () => {
    await Promise.all(started.map((program) => program.stop()));
  };
  const start = async <P extends Program>(program: Promise<P>): Promise<P> => {
    started.push(await program);
    return program;
  };
  try {
    const plainLoggers: Record<string, number> = {};
    const plainUrls: string[] = [];
    for (const [index, address] of memberAddresses.entries()) {
      const port = await freePort();
      plainUrls.push(`http://127.0.0.1:${port}/`);
      const { pid } = await start(startServer('plain-logger', port, address, clusterName));
      plainLoggers[`logger-${index + 1}`] = pid;
    }
    const plainPort = await freePort();
    const plainFacade = await start(startServer('plain-facade', plainPort, ...plainUrls));
    const nothingPort = await freePort();
    const nothing = await start(startServer('nothing', nothingPort));
    const rawClient = await start(startAsked('raw', memberAddresses[0] as string, clusterName));
    const plainProcesses = { facade: plainFacade.pid, ...plainLoggers };
    const plainUrl = `http://127.0.0.1:${plainPort}/`;
    return {
      trilog: overHttp('trilog', { url: facadeUrl, withUuid: false }, { ...front, ...loggers, ...members }),
      plain: overHttp('plain', { url: plainUrl, withUuid: false }, { ...plainProcesses, ...members }),
      nothing: overHttp(
        'nothing',
        { url: `http://127.0.0.1:${nothingPort}/`, withUuid: false },
        { facade: nothing.pid },
      ),
      nginx: await openNginx(trilog, folder, start),
      raw: {
        name: 'raw',
        post: (load) =>
          measure({ client: rawClient.pid, ...members }, (begins) => {
            begins();
            return rawClient.ask<LoadSample>({ kind: 'post', load } satisfies RawTask);
          }),
      },
      rawClient,
      plainProcesses,
      plainUrl,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A way that is reached by HTTP, in these processes. */
export function overHttp(name: string, target: PostTarget, processes: Processes): Contender {
  return { name, post: (load) => measure(processes, (begins) => postFor(target, load, begins)) };
}

async function measure(processes: Processes, run: (begins: () => void) => Promise<LoadSample>): Promise<PostSample> {
  let cpuMs = startCpuClock(processes);
  const sample = await run(() => {
    cpuMs = startCpuClock(processes);
  });
  const cpuUs = Object.fromEntries(
    Object.entries(cpuMs()).map(([name, ms]) => [name, (1_000 * ms) / Math.max(1, sample.stored)]),
  );
  return { ...sample, cpuUs };
}

/** nginx in front of Trilog's own loggers: it picks one at random, and repeats what failed at the next. */
async function openNginx(
  { loggerUrls, loggers, members }: Trilog,
  folder: string,
  start: (program: Promise<Program>) => Promise<Program>,
): Promise<Contender | undefined> {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const port = await freePort();
  const prefix = join(folder, 'nginx');
  mkdirSync(prefix, { recursive: true });
  const servers = loggerUrls.map((url) => `server ${new URL(url).host};`).join(' ');
  writeFileSync(
    join(prefix, 'nginx.conf'),
    `daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events { worker_connections 2048; }
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy;
  fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  keepalive_requests 1000000;
  upstream loggers { random; ${servers} keepalive 256; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://loggers/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host 127.0.0.1;
      proxy_next_upstream error timeout http_500 http_502 http_503 http_504 non_idempotent;
    }
  }
}
`,
  );
  const nginx = await start(startCommand('nginx', ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr'], port));
  const target = { url: `http://127.0.0.1:${port}/database/`, withUuid: true };
  return overHttp('nginx', target, { nginx: nginx.pid, ...loggers, ...members });
}
