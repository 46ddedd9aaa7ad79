import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `vite web` finds a running service: `HANDOFF_URL=http://127.0.0.1:4000 npx vite web`. */
const service = process.env.HANDOFF_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The content security policy allows files of our own alone: nothing is put into the page as data or as inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: service }, '/metrics': { target: service } } },
});
