import { mappingJsonSchema } from '../src/mappings/json-schema.ts';
import { type MappingName, mappingSchemas } from '../src/mappings/schema.ts';
import { renderConfigurationPage, renderEnvExample } from './env-example.ts';
import { renderErrors } from './errors-page.ts';
import { expressionsPage } from './expressions-page.ts';
import { fieldRulesPage } from './field-rules-page.ts';

export type GeneratedFile = { path: string; content: string };

/** Every file of the repository that is made from code: path from the root, and what it should hold. */
export function generatedFiles(): GeneratedFile[] {
  const schemas = Object.keys(mappingSchemas).filter(isMappingName);
  return [
    ...schemas.map((name) => ({ path: `mappings/schema/${name}.json`, content: mappingJsonSchema(name) })),
    { path: 'docs/field-rules.md', content: fieldRulesPage() },
    { path: 'docs/expressions.md', content: expressionsPage() },
    { path: 'docs/errors.md', content: renderErrors() },
    { path: 'docs/configuration.md', content: renderConfigurationPage() },
    { path: '.env.example', content: renderEnvExample() },
  ];
}

function isMappingName(name: string): name is MappingName {
  return Object.hasOwn(mappingSchemas, name);
}
