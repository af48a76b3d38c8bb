import type { Message } from '../../services/shared/message/message.ts';
import { CANDIDATES } from './candidates.ts';

/** One step with one store, in a process of its own, as it may be killed or crash: `write` or `read`. Prints what it finds as JSON. */
const [name = '', step = '', folder = '', packages = '', count = '0', size = '1'] = process.argv.slice(2);

/** Message number n, which can be told to be right when it is read. */
function messageOf(n: number): Message {
  return {
    UUID: `01a20bb0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    msg: `${n} `.repeat(100).slice(0, 100),
  };
}

const tell = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function openStore() {
  const open = CANDIDATES[name];
  if (open === undefined) throw new Error(`there is no store ${name}`);
  return open(folder, packages);
}

/** Writes `count` messages in batches of `size`, and tells of each batch once it is acknowledged. */
async function write(): Promise<void> {
  const store = await openStore();
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  for (let n = 0; n < Number(count); n += Number(size)) {
    await store.append(Array.from({ length: Number(size) }, (_, at) => messageOf(n + at)));
    if (process.env.TELL === '1') tell({ acknowledged: n + Number(size) });
  }
  const { user, system } = process.cpuUsage(cpu);
  tell({ ms: performance.now() - startMs, cpuMs: (user + system) / 1_000 });
  await store.close();
}

/** Opens the store and reads everything: how many messages from 0 on are there, in a row, and how many are not as they were written. */
async function read(): Promise<void> {
  const startMs = performance.now();
  const beganCpu = process.cpuUsage();
  const cpuMs = () => {
    const { user, system } = process.cpuUsage(beganCpu);
    return (user + system) / 1_000;
  };
  const store = await openStore();
  const openMs = performance.now() - startMs;
  const openCpuMs = cpuMs();
  const found = new Set<string>();
  let changed = 0;
  for await (const { UUID, msg } of store.read()) {
    found.add(UUID);
    const right = messageOf(Number.parseInt(UUID.slice(24), 16));
    if (UUID !== right.UUID || msg !== right.msg) changed++;
  }
  const readCpuMs = cpuMs() - openCpuMs;
  let row = 0;
  while (found.has(messageOf(row).UUID)) row++;
  const rssMb = process.memoryUsage.rss() / 1_048_576;
  tell({ openMs, openCpuMs, readCpuMs, row, found: found.size, changed, rssMb });
  await store.close();
}

await (step === 'write' ? write() : read()).catch((error: Error) => tell({ error: error.message }));
