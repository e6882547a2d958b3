/** Milliseconds that this thread has worked: what other programs take beside it does not count. */
export const cpuMs = (): number => {
  const { system, user } = process.threadCpuUsage()
  return (user + system) / 1_000
}
