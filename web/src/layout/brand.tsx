import { Link } from 'wouter';
import { useSession } from '../api/session.tsx';
import classes from './shell.module.css';

/** The name, and in which mode this service runs: whoever presses a button must know whether it is the demo. */
export function Brand() {
  const { mode, demo } = useSession();
  return (
    <div className={classes.brand}>
      <Link href="/" className={classes.name}>
        <img src="/favicon.svg" alt="" width={24} height={24} />
        Handoff
      </Link>
      {demo && (
        <span className={classes.mode} title="Both CRMs are local stand-ins with made-up people.">
          Demo
        </span>
      )}
      {mode === 'observe' && (
        <span className={classes.mode} title="SYNC_MODE is observe: nothing is written to either CRM.">
          Observe only
        </span>
      )}
    </div>
  );
}
