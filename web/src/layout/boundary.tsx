import { Component, type ReactNode } from 'react';
import { Problem } from '../api/problem.ts';
import { Failed } from '../parts/failed.tsx';

type State = { error: Error | null };

/** A page that cannot be drawn, or whose file is gone after an upgrade, takes nothing else with it. React knows this only as a class. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const problem =
      error instanceof Problem
        ? error
        : new Problem(
            0,
            'page_broken',
            'This page could not be shown. Load it again: the service may have a new version.',
          );
    return <Failed problem={problem} retry={() => window.location.reload()} />;
  }
}
