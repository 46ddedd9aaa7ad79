// Loaded before the first paint and from a file, so that neither a flash of the wrong colours nor an inline script is needed.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('handoff-color-scheme');
  } catch {
    // Storage may be switched off: then the system's choice counts.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
