import { type Option, options } from '../src/config-options.ts';

const intro = `# Configuration of Handoff. Copy to .env and fill in; the process environment beats this file.
# Generated from src/config-options.ts by \`npm run generate\`: change it there.
`;

// Not an option of the service: compose.yaml puts it into the database and into DATABASE_URL.
const composeOnly = `# ---- Only for compose.yaml, which brings a PostgreSQL of its own ----

# Password of that PostgreSQL: letters and digits, for it becomes part of a URL. Secret.
# POSTGRES_PASSWORD=
`;

/** Writes \`.env.example\`: every option with what it means; what is required stands open, the rest is commented out with its default. */
export function renderEnvExample(): string {
  return `${intro}\n${(options as readonly Option[]).map(renderOption).join('\n')}\n${composeOnly}`;
}

function renderOption(option: Option): string {
  const line = option.required === true ? `${option.name}=` : `# ${option.name}=${option.default ?? option.example}`;
  const example = option.required === true ? ` Example: ${option.example}` : '';
  const secret = option.secret === true ? ' Secret.' : '';
  return `# ${option.text}${secret}${example}\n${line}\n`;
}

/** Writes the table of docs/configuration.md. */
export function renderConfigurationPage(): string {
  const rows = (options as readonly Option[]).map(
    ({ name, text, default: fallback, required, secret }) =>
      `| \`${name}\` | ${text}${secret === true ? ' Secret.' : ''} | ${required === true ? 'required' : fallback === undefined ? 'unset' : `\`${fallback}\``} |`,
  );
  return `# Configuration

<!-- Generated from src/config-options.ts by \`npm run generate\`. -->

The process environment beats \`.env\` in the working folder. Wrong or missing values stop the start: every fault at once, one line each, never
the value of a secret. Base URLs begin with \`https://\`; \`http://\` is for loopback hosts only.

| name | meaning | default |
|---|---|---|
${rows.join('\n')}
`;
}
