import { spawnSync } from 'node:child_process';

/** A folder that the confined process sees in place of another one. */
type Binding = readonly [from: string, to: string];

export type Confinement = { writable: readonly string[]; readOnly?: readonly Binding[]; folder?: string };

/** An account without rights that every Debian has; PostgreSQL wants one with a name. */
const nobody = '65534';

/** Whether this machine can confine a process: bubblewrap is installed and may make user namespaces. */
export function canConfine(): boolean {
  const [command = '', ...args] = confined(['true'], { writable: [] });
  return spawnSync(command, args).status === 0;
}

/**
 * The command line that runs a command the way compose.yaml has a container run it: not as root, no capabilities, a root that cannot be
 * written, an empty /tmp, and only these folders to write in.
 */
export function confined(
  command: readonly string[],
  { writable, readOnly = [], folder = '/' }: Confinement,
): readonly string[] {
  const asNobody = process.getuid?.() === 0 ? ['setpriv', '--reuid', nobody, '--regid', nobody, '--clear-groups'] : [];
  const root = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'];
  const folders = [
    ...readOnly.flatMap(([from, to]) => ['--ro-bind', from, to]),
    ...writable.flatMap((folder) => ['--bind', folder, folder]),
  ];
  const rights = ['--unshare-user', '--cap-drop', 'ALL', '--die-with-parent', '--new-session', '--chdir', folder];
  return [...asNobody, 'bwrap', ...root, ...folders, ...rights, '--', ...command];
}

/** The account that a confined process runs as on this machine. */
export function confinedUser(): number {
  return process.getuid?.() === 0 ? Number(nobody) : (process.getuid?.() ?? 0);
}
