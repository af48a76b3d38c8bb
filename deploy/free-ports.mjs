// node deploy/free-ports.mjs PORT VARIABLE USER ...
// Prints one line for each port of 127.0.0.1 that cannot be used, and fails if there is one.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const wanted = new Map();
for (let i = 2; i < process.argv.length; i += 3) {
  const [port, variable, user] = process.argv.slice(i, i + 3);
  const other = wanted.get(port);
  wanted.set(port, `${user} (${variable})`);
  const problem = other ? `is wanted for ${other} too` : await problemOf(Number(port));
  if (!problem) continue;
  process.exitCode = 1;
  console.error(`Port ${port} ${problem}; Trilog wants it for ${user}. Free it, or set ${variable}.`);
}

async function problemOf(port) {
  // Some systems let 127.0.0.1 be listened on while another program has the port on all addresses: so call as well.
  const socket = connect({ port, host: '127.0.0.1' });
  const answered = await once(socket, 'connect', { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    ({ code }) => code === 'ABORT_ERR',
  );
  socket.destroy();
  if (answered) return 'is taken';
  const server = createServer().listen({ port, host: '127.0.0.1' });
  try {
    await once(server, 'listening');
    server.close();
    return '';
  } catch ({ code }) {
    return code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`;
  }
}
