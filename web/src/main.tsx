import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { showProblem } from './layout/notices.ts';
import { theme } from './theme.ts';
import './theme.css';

// The same key as in `public/color-scheme.js`.
const colorSchemes = localStorageColorSchemeManager({ key: 'handoff-color-scheme' });
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const client = createQueryClient(showProblem);

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
      // Both would write style elements, which the content security policy does not allow: the files imported above hold the same.
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
