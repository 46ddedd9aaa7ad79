import { createContext, useContext } from 'react';
import type { Answer } from '../../../src/http/contract/index.ts';

export type Session = Answer<'GET /session'>;
type Role = Session['role'];

/** Given by the frame around all pages that need somebody who is signed in. */
export const SessionContext = createContext<Session | null>(null);
const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Who is signed in, and where both CRMs are. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession is for pages behind the sign-in.');
  return session;
}

/** Whether the person may do what needs a role: `const can = useCan(); can('operator')`. The service checks it again. */
export function useCan(): (role: Role) => boolean {
  const { role } = useSession();
  return (wanted) => rank[role] >= rank[wanted];
}
