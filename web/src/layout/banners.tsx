import { IconCloudOff } from '@tabler/icons-react';
import { useConnection } from '../api/connection.ts';
import { useOutdated } from '../api/outdated.ts';
import { Ago } from '../parts/time.tsx';
import classes from './shell.module.css';

/** Says that what is shown may be old. */
export function Banners() {
  const { reachable, lastReachedAt } = useConnection();
  const outdated = useOutdated();
  return (
    <div role="alert">
      {!reachable && (
        <p className={classes.banner}>
          <IconCloudOff size={18} stroke={1.7} aria-hidden="true" />
          <span>
            The service cannot be reached. What you see was read <Ago at={lastReachedAt} />. The page tries again by
            itself.
          </span>
        </p>
      )}
      {reachable && outdated !== null && (
        <p className={classes.banner}>
          <IconCloudOff size={18} stroke={1.7} aria-hidden="true" />
          <span>
            Some of this could not be read again. {outdated.problem.message} What you see was read{' '}
            <Ago at={outdated.readAtMs} />.
          </span>
        </p>
      )}
    </div>
  );
}
