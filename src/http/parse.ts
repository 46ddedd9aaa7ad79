import type { z } from 'zod';
import { Problem } from './problems.ts';

/** @throws Problem 400 that names what is wrong, not its value */
export function parse<Output>(schema: z.ZodType<Output>, value: unknown, what: string): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(400, 'bad_request', `${what} is not what this endpoint takes.`);
}
