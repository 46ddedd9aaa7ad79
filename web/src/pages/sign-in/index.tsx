import { Button, PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useAction } from '../../api/hooks.ts';
import { rememberSignedIn } from '../../api/signed-in.ts';
import { Failed } from '../../parts/failed.tsx';
import { ownPath } from './own-path.ts';
import classes from './sign-in.module.css';

/** Takes a token and leads back to where the person came from. */
export function Page() {
  const [token, setToken] = useState(tokenOfAddress);
  const [params] = useSearchParams();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const signIn = useAction('POST /session', { quiet: true });
  useEffect(() => {
    document.title = 'Sign in · Handoff';
    // A token is a secret: it must not stay where others can read it over a shoulder, or copy it with the address.
    if (window.location.hash !== '') window.history.replaceState(null, '', window.location.href.split('#')[0]);
  }, []);
  const submit = () =>
    signIn.press({ body: { token: token.trim() } }, (session) => {
      client.clear();
      rememberSignedIn(session.expiresAt);
      client.setQueryData(['GET /session', {}], session);
      const then = ownPath(params.get('then'), window.location.origin);
      // The API reference is no view of this page.
      if (then.startsWith('/api/')) window.location.replace(then);
      else navigate(then, { replace: true });
    });
  return (
    <main className={classes.page}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <h1 className={classes.title}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          Sign in to Handoff
        </h1>
        <PasswordInput
          label="Access token"
          description="Ask the person who runs Handoff. Tokens are listed in the setting ADMIN_TOKENS."
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
          required
          withAsterisk={false}
          autoFocus
        />
        {signIn.problem !== null && <Failed title="You are not signed in" problem={signIn.problem} />}
        <Button type="submit" loading={signIn.busy} disabled={token.trim() === ''}>
          Sign in
        </Button>
      </form>
    </main>
  );
}

/** The demo prints an address that ends with `#token=…`: what stands there is never sent with a request. Somebody still has to press the button. */
function tokenOfAddress(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
}
