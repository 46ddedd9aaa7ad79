import { IconCloudOff } from '@tabler/icons-react';
import { useConnection } from '../api/connection.ts';
import { Ago } from '../parts/time.tsx';
import classes from './shell.module.css';

/** Says that what is shown may be old. */
export function Banners() {
  const { reachable, lastReachedAt } = useConnection();
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
    </div>
  );
}
