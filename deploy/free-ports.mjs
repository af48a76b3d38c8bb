// node deploy/free-ports.mjs PORT VARIABLE NAME ...
// Fails, and says it in a line, for each port of 127.0.0.1 that another program has.
import { connect, createServer } from 'node:net';

const settles = (emitter, good, bad) =>
  new Promise((resolve) => {
    emitter.once(good, () => resolve(true));
    emitter.once(bad, () => resolve(false));
  });

async function isTaken(port) {
  // Whoever listens on all addresses does not hinder us from listening on one, on some systems: so call as well.
  const socket = connect(port, '127.0.0.1');
  const answered = await settles(socket, 'connect', 'error');
  socket.destroy();
  if (answered) return true;
  const server = createServer().listen(port, '127.0.0.1');
  const listens = await settles(server, 'listening', 'error');
  server.close();
  return !listens;
}

const wanted = process.argv.slice(2);
for (let i = 0; i < wanted.length; i += 3) {
  const [port, variable, name] = wanted.slice(i, i + 3);
  if (!(await isTaken(Number(port)))) continue;
  process.exitCode = 1;
  console.error(`Port ${port}, which ${name} needs, is taken. End the program that has it, or set ${variable}.`);
}
