import { type ComponentType, lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { Shell } from './layout/shell.tsx';
import { SignedIn } from './layout/signed-in.tsx';

const page = (load: () => Promise<{ Page: ComponentType }>) =>
  lazy(async () => {
    const { Page } = await load();
    return { default: Page };
  });

const SignIn = page(() => import('./pages/sign-in/index.tsx'));
const NotFound = page(() => import('./pages/not-found/index.tsx'));

/** Each page is a file of its own, loaded when it is opened; it exports `Page` and reads its parameters from the address. */
const pages: Readonly<Record<string, ComponentType>> = {
  '/': page(() => import('./pages/overview/index.tsx')),
  '/contacts': page(() => import('./pages/contacts/index.tsx')),
  '/contacts/:id': page(() => import('./pages/contacts/one.tsx')),
  '/companies': page(() => import('./pages/companies/index.tsx')),
  '/companies/:id': page(() => import('./pages/companies/one.tsx')),
  '/deals': page(() => import('./pages/deals/index.tsx')),
  '/deals/:id': page(() => import('./pages/deals/one.tsx')),
  '/stages': page(() => import('./pages/stages/index.tsx')),
  '/failures': page(() => import('./pages/failures/index.tsx')),
  '/runs': page(() => import('./pages/runs/index.tsx')),
  '/runs/new': page(() => import('./pages/runs/new.tsx')),
  '/runs/:id': page(() => import('./pages/runs/one.tsx')),
  '/mappings': page(() => import('./pages/mappings/index.tsx')),
  '/mappings/plan': page(() => import('./pages/mappings/plan.tsx')),
  '/mappings/:version': page(() => import('./pages/mappings/one.tsx')),
  '/funnel': page(() => import('./pages/funnel/index.tsx')),
  '/activity': page(() => import('./pages/activity/index.tsx')),
};

export function App() {
  return (
    <Switch>
      <Route path="/sign-in">
        <Suspense fallback={null}>
          <SignIn />
        </Suspense>
      </Route>
      <Route>
        <SignedIn>
          <Shell>
            <Switch>
              {Object.entries(pages).map(([path, Page]) => (
                <Route key={path} path={path} component={Page} />
              ))}
              <Route component={NotFound} />
            </Switch>
          </Shell>
        </SignedIn>
      </Route>
    </Switch>
  );
}
