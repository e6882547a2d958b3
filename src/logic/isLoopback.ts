/** Whether what is spoken with this host stays on the machine. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "::1" || host === "[::1]" ||
  /^127(?:\.\d+){3}$/.test(host)
