import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Answer } from '../../../src/http/contract/index.ts';
import { Starting } from '../layout/starting.tsx';
import { Failed } from '../parts/failed.tsx';
import { useApi } from './hooks.ts';
import { goToSignIn } from './query-client.ts';
import { mayBeSignedIn } from './signed-in.ts';

export type Session = Answer<'GET /session'>;
type Role = Session['role'];

const SessionContext = createContext<Session | null>(null);
const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Shows its children to who is signed in; whoever is not is led to the sign-in page, by the query client where only the service knows it. */
export function SignedIn({ children }: { children: ReactNode }) {
  const [asks] = useState(() => mayBeSignedIn());
  const { data, error, refetch } = useApi('GET /session', {}, { staleTime: 60_000, enabled: asks });
  useEffect(() => {
    if (!asks) goToSignIn();
  }, [asks]);
  if (data !== undefined) return <SessionContext value={data}>{children}</SessionContext>;
  if (error !== null && error.status !== 401)
    return (
      <Starting>
        <Failed problem={error} retry={() => void refetch()} />
      </Starting>
    );
  return <Starting />;
}

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
