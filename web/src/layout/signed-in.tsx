import { type ReactNode, useEffect, useState } from 'react';
import { useApi } from '../api/hooks.ts';
import { goToSignIn } from '../api/query-client.ts';
import { SessionContext } from '../api/session.tsx';
import { mayBeSignedIn } from '../api/signed-in.ts';
import { Failed } from '../parts/failed.tsx';
import { Starting } from './starting.tsx';

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
