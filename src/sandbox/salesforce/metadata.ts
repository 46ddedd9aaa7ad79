import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { Org } from './org.ts';

/** Placeholder until the Metadata API is written. */
export function answerMetadata(_org: Org, _request: SandboxRequest): SandboxAnswer {
  return { status: 500, raw: 'not implemented' };
}
