import { type Option, options } from '../src/config-options.ts';

const intro = `# Configuration of Handoff. Copy to .env and fill in; the process environment beats this file.
# Generated from src/config-options.ts by \`npm run generate\`: change it there.
`;

/** Writes \`.env.example\`: every option with what it means; what is required stands open, the rest is commented out with its default. */
export function renderEnvExample(): string {
  return `${intro}\n${(options as readonly Option[]).map(renderOption).join('\n')}`;
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
