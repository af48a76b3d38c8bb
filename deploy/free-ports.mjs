// node deploy/free-ports.mjs [HOST:]PORT VARIABLE USER ...
// Prints one line for each port that cannot be used, of 127.0.0.1 if no other host is named, and fails if there is one.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const wanted = new Map();
for (let i = 2; i < process.argv.length; i += 3) {
  const [at, variable, user] = process.argv.slice(i, i + 3);
  const colon = at.lastIndexOf(':');
  const [host, port] = colon === -1 ? ['127.0.0.1', at] : [at.slice(0, colon), at.slice(colon + 1)];
  const other = wanted.get(port);
  wanted.set(port, `${user} (${variable})`);
  const problem = other ? `is wanted for ${other} too` : await problemOf(Number(port), host);
  if (!problem) continue;
  process.exitCode = 1;
  const isHere = !['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL'].some((code) => problem.includes(code));
  console.error(
    isHere
      ? `Port ${port} ${problem}; Trilog wants it for ${user}. Free it, or set ${variable}.`
      : `TRILOG_HOST must be a name or an address of this machine, but is "${host}".`,
  );
}

async function problemOf(port, host) {
  // Some systems let 127.0.0.1 be listened on while another program has the port on all addresses: so call as well.
  const socket = connect({ port, host: '127.0.0.1' });
  const answered = await once(socket, 'connect', { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    ({ code }) => code === 'ABORT_ERR',
  );
  socket.destroy();
  if (answered) return 'is taken';
  const server = createServer().listen({ port, host });
  try {
    await once(server, 'listening');
    server.close();
    return '';
  } catch ({ code }) {
    return code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`;
  }
}
