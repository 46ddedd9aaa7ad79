import { type BackfillBody, objects } from './remembered.ts';

/** What the form holds, as it was typed. */
export type Form = Record<'object' | 'since' | 'until' | 'stage' | 'list' | 'where' | 'ids', string>;

export const emptyForm: Form = { object: 'contacts', since: '', until: '', stage: '', list: '', where: '', ids: '' };

/** The ids that were pasted: one per line, or parted by commas, semicolons or spaces. */
export function idsOf({ ids }: Pick<Form, 'ids'>): readonly string[] {
  return ids.split(/[\s,;]+/).filter((id) => id !== '');
}

/** The dry run that the form asks for; what was left empty is left out. */
export function bodyOfForm(form: Form): BackfillBody {
  const ids = idsOf(form);
  const object = objects.find((name) => name === form.object) ?? 'contacts';
  const texts = (['since', 'until', 'stage', 'list', 'where'] as const).flatMap((name) => {
    const text = form[name].trim();
    return text === '' ? [] : [[name, text] as const];
  });
  return { object, ...Object.fromEntries(texts), ...(ids.length === 0 ? {} : { ids: [...ids] }), dryRun: true };
}
