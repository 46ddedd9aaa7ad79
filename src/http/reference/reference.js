const dark = window.matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

window.SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  // No other site is asked whether the document is right.
  validatorUrl: null,
  // Asking can be tried here; what changes something is done on the page, which asks for a confirmation.
  supportedSubmitMethods: ['get'],
});
