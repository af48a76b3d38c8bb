// node deploy/member-to-join.mjs N HEALTH_URL ...
// Of members whose processes live, prints the number of the one that another one should join: one of the largest cluster;
// else a silent one, which may be frozen, and have all the messages. Nothing if all of them are only starting: Hazelcast
// has those begin together, and one that waited for another would hinder that.
import { get } from 'node:http';

const SILENT = 0.5;
const STARTING = 0;

const members = [];
for (let i = 2; i < process.argv.length; i += 2) members.push({ n: process.argv[i], url: process.argv[i + 1] });

const sizes = await Promise.all(members.map(({ url }) => clusterSize(url)));
const largest = Math.max(...sizes);
if (largest !== STARTING) console.log(members[sizes.indexOf(largest)].n);

async function clusterSize(url) {
  try {
    // One that is only starting says that it is a cluster of one, but not that it is ready.
    await ask(`${url}/hazelcast/health/ready`);
    return Number(await ask(`${url}/hazelcast/health/cluster-size`));
  } catch (error) {
    return error.code === 'ABORT_ERR' ? SILENT : STARTING;
  }
}

function ask(url) {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(2000) }, async (response) => {
      try {
        const body = (await response.toArray()).join('');
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`status ${response.statusCode}`));
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject);
  });
}
