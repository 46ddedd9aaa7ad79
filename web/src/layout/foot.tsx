import { UnstyledButton } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { navigate } from 'wouter/use-browser-location';
import { useConnection } from '../api/connection.ts';
import { useAction } from '../api/hooks.ts';
import { useSession } from '../api/session.tsx';
import { forgetSignedIn } from '../api/signed-in.ts';
import { ColorSchemeSwitch } from './color-scheme.tsx';
import classes from './shell.module.css';

/** Below the navigation: whether changes arrive by themselves, the colours, who is signed in, and the way out. */
export function Foot() {
  const { name, role, version } = useSession();
  const signOut = useSignOut();
  return (
    <div className={classes.foot}>
      <div className={classes.state}>
        <LiveState />
        <span className={classes.dim}>Handoff {version}</span>
      </div>
      <ColorSchemeSwitch />
      <div className={classes.who}>
        <span className={classes.person}>
          <strong>{name}</strong>
          <span className={classes.dim}>{role}</span>
        </span>
        <UnstyledButton className={classes.out} onClick={signOut.leave} disabled={signOut.busy}>
          <IconLogout size={16} stroke={1.7} aria-hidden="true" />
          Sign out
        </UnstyledButton>
      </div>
    </div>
  );
}

function LiveState() {
  const { live, reachable } = useConnection();
  const state = reachable ? (live ? 'live' : 'connecting') : 'away';
  const text = { live: 'Live', connecting: 'Reconnecting', away: 'Not connected' }[state];
  return (
    <p className={classes.live} data-state={state} role="status" title="Whether changes show up here by themselves">
      <span className={classes.dot} aria-hidden="true" />
      {text}
    </p>
  );
}

function useSignOut() {
  const client = useQueryClient();
  const { press, busy } = useAction('DELETE /session');
  const leave = () =>
    press({}, () => {
      forgetSignedIn();
      client.clear();
      navigate('/sign-in');
    });
  return { leave, busy };
}
