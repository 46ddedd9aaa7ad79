import type { SandboxAnswer } from './server.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** What people see of one record: its system, kind and id, and a table of its fields. Values are text, whatever they hold. */
export type RecordPage = {
  system: string;
  kind: string;
  id: string;
  /** In the order in which they are shown. */
  fields: readonly (readonly [name: string, value: string])[];
};

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
th { font-weight: 600; width: 16rem; }`;

function toHtml({ system, kind, id, fields }: RecordPage): string {
  const title = escapeText(`${kind} ${id} in the local ${system}`);
  const rows = fields.map(
    ([name, value]) => `<tr><th scope="row">${escapeText(name)}</th><td>${escapeText(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head>
<body><h1>${title}</h1>
<p>This stands in for the record's page. Nothing here leads to a real account.</p>
<table>${rows.join('\n')}</table></body></html>`;
}

// The page runs nothing and loads nothing: what a record holds stays text even if an escape were missing.
const headers = {
  'content-type': 'text/html;charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
};

/** The page of a record; `null`: there is none under that address. */
export function answerRecordPage(page: RecordPage | null): SandboxAnswer {
  if (page !== null) return { status: 200, headers, raw: toHtml(page) };
  return {
    status: 404,
    headers,
    raw: '<!doctype html><html lang="en"><title>No such record</title><p>No such record.</p></html>',
  };
}
