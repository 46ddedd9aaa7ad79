import { Burger } from '@mantine/core';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useLive } from '../api/live.ts';
import { watchPresence } from '../api/presence.ts';
import { Loading } from '../parts/loading.tsx';
import { Banners } from './banners.tsx';
import { Boundary } from './boundary.tsx';
import { Brand } from './brand.tsx';
import { Foot } from './foot.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';

/** What stands around every page: the navigation, what is wrong with the connection, and the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  useLive();
  useEffect(() => watchPresence(window), []);
  const [path] = useLocation();
  const [open, setOpen] = useState(false);
  const main = useFocusOnNewPage(path, () => setOpen(false));
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <header className={classes.side} data-open={open || undefined}>
        <div className={classes.bar}>
          <Brand />
          <Burger
            className={classes.burger}
            size="sm"
            opened={open}
            aria-expanded={open}
            aria-controls="navigation"
            aria-label={open ? 'Close the navigation' : 'Open the navigation'}
            onClick={() => setOpen(!open)}
          />
        </div>
        <div className={classes.menu} id="navigation">
          <Navigation />
          <Foot />
        </div>
      </header>
      <main className={classes.main} id="main" tabIndex={-1} ref={main}>
        <Banners />
        <Boundary key={path}>
          <Suspense fallback={<Loading rows={8} />}>{children}</Suspense>
        </Boundary>
      </main>
    </div>
  );
}

/** Another page: readers of the screen and the keyboard begin at its top. Filters of the same page change nothing here. */
function useFocusOnNewPage(path: string, leave: () => void) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    leave();
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });
  return main;
}
