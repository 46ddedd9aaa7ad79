import { z } from 'zod';
import { type MappingName, mappingSchemas } from './schema.ts';

/** The JSON Schema of one mapping file as editors use it, as text. Generated from the schema that the loader checks with. */
export function mappingJsonSchema(name: MappingName): string {
  const schema = z.toJSONSchema(mappingSchemas[name], { io: 'input' });
  return `${JSON.stringify({ title: `Handoff mapping: ${name}.yaml`, ...schema }, null, 2)}\n`;
}
