// node deploy/wait-for.mjs SECONDS NAME URL ...
// Waits until every URL answers 200. A member's health that ends in #safe must say that every copy is made, one that
// ends in #N that N members have joined, too.
// After SECONDS prints what each of the others answered last, and fails.
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [seconds, ...pairs] = process.argv.slice(2);
const deadline = Date.now() + Number(seconds) * 1000;
const targets = [];
for (let i = 0; i < pairs.length; i += 2) targets.push({ name: pairs[i], url: new URL(pairs[i + 1]) });

const problems = await Promise.all(targets.map(waitFor));
for (const problem of problems) if (problem) console.error(problem);
process.exitCode = problems.some(Boolean) ? 1 : 0;

async function waitFor({ name, url }) {
  for (;;) {
    const problem = await ask(url);
    if (!problem) return '';
    if (Date.now() > deadline) return `${name} is not ready after ${seconds} s (${url.host}: ${problem}).`;
    // Comparing copies, for the health of a whole cluster, costs the members something.
    await sleep(url.hash ? 500 : 200);
  }
}

function ask(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(2000) }, async (response) => {
      try {
        const body = (await response.toArray()).join('');
        resolve(
          response.statusCode === 200 ? clusterProblem(url, body) : reasonIn(body) || `status ${response.statusCode}`,
        );
      } catch (error) {
        resolve(error.message);
      }
    });
    request.on('error', (error) => resolve(error.code ?? error.message));
  });
}

// A service that is not ready says why.
function reasonIn(body) {
  try {
    return JSON.parse(body).reason;
  } catch {
    return '';
  }
}

function clusterProblem(url, body) {
  if (!url.hash) return '';
  const { clusterSize, clusterSafe } = JSON.parse(body);
  if (url.hash !== '#safe' && url.hash !== `#${clusterSize}`) return `in a cluster of ${clusterSize}`;
  return clusterSafe ? '' : 'the cluster is still copying';
}
