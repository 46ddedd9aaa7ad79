import { describeError } from '../log.ts';
import type { ActionEnd, ActionLedger } from '../ports/ledger-access.ts';
import type { Log } from '../ports/log.ts';
import { type ActionShape, actionShapes, factsAsked, factsTold } from './action-shapes.ts';
import { toProblem } from './problems.ts';
import type { ActionEnd as RouteEnd, RouteGuards } from './route.ts';

/** Signing in is noted by its own endpoint, once it is known who it is: nobody else's attempts fill the ledger. */
const notedElsewhere = 'POST /session';

const shapes: ReadonlyMap<string, ActionShape> = new Map(
  Object.entries(actionShapes).filter(([name]) => name !== notedElsewhere),
);

/**
 * Writes what a signed-in caller asks for into the audit log before it is done, also where it will be refused, and completes it behind it. Where
 * it cannot be written it is not done.
 */
export function createAudit(ledger: ActionLedger, log: Log): NonNullable<RouteGuards['noteAction']> {
  return async ({ name, actor, role, given, request, response }) => {
    const shape = shapes.get(name);
    if (actor === null || shape === undefined) return async () => undefined;
    const via = response.locals.via === 'page' ? 'page' : 'token';
    const facts = factsAsked(shape, given ?? { params: request.params, body: null });
    const id = await ledger.askAction({ actor, role, via, code: shape.code, ...facts });
    return async (end) => {
      try {
        await ledger.endAction(
          id,
          toEnd(end, (told) => factsTold(shape, told)),
        );
      } catch (thrown) {
        // It was done: the caller hears of that. The row stays `asked`.
        log.warn(describeError(thrown), 'how an action ended could not be noted');
      }
    };
  };
}

function toEnd(end: RouteEnd, learn: (told: unknown) => Pick<ActionEnd, 'target' | 'details'>): ActionEnd {
  if ('told' in end) {
    const { status, body, replayed } = end.told;
    const { target, details } = learn(body);
    const again = replayed === true ? { replayed } : {};
    return { outcome: 'done', status, problem: null, ...(target && { target }), details: { ...details, ...again } };
  }
  const { status, code } = toProblem(end.error);
  return { outcome: status < 500 ? 'refused' : 'failed', status, problem: code };
}
