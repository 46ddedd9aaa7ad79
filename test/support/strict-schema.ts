import { z } from 'zod';

/** The same schema, in which every object refuses keys that it does not name. One that takes any key by intent stays so. */
export function strictSchema(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    if (schema.def.catchall !== undefined) return schema;
    const shape = Object.entries(schema.shape).map(([key, part]) => [key, strictOf(part)] as const);
    return z.strictObject(Object.fromEntries(shape));
  }
  if (schema instanceof z.ZodArray) return z.array(strictOf(schema.element));
  if (schema instanceof z.ZodNullable) return strictOf(schema.unwrap()).nullable();
  if (schema instanceof z.ZodOptional) return strictOf(schema.unwrap()).optional();
  if (schema instanceof z.ZodRecord) return z.record(z.string(), strictOf(schema.valueType));
  if (schema instanceof z.ZodUnion) return z.union(schema.options.map(strictOf));
  return schema;
}

function strictOf(part: unknown): z.ZodType {
  if (part instanceof z.ZodType) return strictSchema(part);
  throw new Error('a part of a schema that is no schema');
}
