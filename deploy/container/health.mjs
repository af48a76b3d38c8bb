// node deploy/container/health.mjs
// Tells, as the health check of a service's container, whether the service is ready; says why if it is not.
const url = `http://127.0.0.1:${process.env.PORT}/health/ready`;
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  if (!response.ok) throw new Error((await response.text()).slice(0, 500));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
