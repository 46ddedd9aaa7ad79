const loopback = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True for hosts that never leave this machine: only they may be called without TLS. */
export function isLoopback(host: string): boolean {
  return loopback.test(host.toLowerCase());
}
