import type { Page } from 'playwright-core';
import { idOf, openView, takePicture } from './page-walk.ts';
import type { RunningDemo } from './running-demo.ts';

/** Takes the pictures of docs/screenshots. @param folder where they go; those that are there are replaced */
export async function pictures(page: Page, demo: RunningDemo, folder: string): Promise<void> {
  const grace = await idOf(demo, 'contacts', 'Grace');
  const wanda = await idOf(demo, 'contacts', 'wanda.below@story.example');
  const views = [
    { path: '/', title: 'Overview', name: 'overview' },
    { path: `/contacts/${grace}`, title: /Grace/, name: 'contact' },
    { path: `/contacts/${wanda}`, title: /Wanda/, name: 'contact-not-in-salesforce' },
    { path: '/mappings', title: 'Mappings', name: 'mappings' },
    { path: '/funnel', title: 'Funnel', name: 'funnel' },
    { path: '/activity', title: 'Activity', name: 'activity' },
    { path: '/runs', title: 'Runs', name: 'runs' },
  ];
  for (const view of views) {
    await openView(page, demo, view);
    await takePicture(page, folder, view.name);
  }
}
