import { simulate } from './simulation.ts';
const seed = Number(process.argv[2]);
const count = Number(process.argv[3]);
const started = process.hrtime.bigint();
let failed = 0, v = 0, ops = 0;
for (let n = seed; n < seed + count; n++) {
  const o = await simulate(n, { withStory: process.argv[4] === 'story' });
  v += o.virtualMs; ops += o.events.length;
  if (o.violations.length > 0) { failed++; console.log(n, o.faults.join(), JSON.stringify(o.violations.map(({rule, detail}) => `${rule}: ${detail}`))); }
  if (process.argv[4] === 'story') console.log(o.story.join('\n'), o.hash);
}
const s = Number(process.hrtime.bigint() - started) / 1e9;
console.log({ failed, s, perMinute: 60 * count / s, cpu: process.cpuUsage().user/1e6, perCpuMinute: 60*count/(process.cpuUsage().user/1e6), virtualS: v / 1000 / count, ops });
process.exit();
