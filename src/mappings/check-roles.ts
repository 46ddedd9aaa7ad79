import type { Finding } from '../domain/finding.ts';
import { unlabelled } from '../domain/record.ts';
import { didYouMean } from './did-you-mean.ts';
import type { MappingFiles } from './schema.ts';
import { type Complaint, findingAtKey, findingAtPath, type YamlSource } from './yaml-source.ts';

type Roles = MappingFiles['deals']['roles'];

/** What the shape of `roles` cannot say: every way back named, labels that can be told apart. */
export function checkRoles(source: YamlSource, { labels, labels_back, primary_label }: Roles): Finding[] {
  const names = Object.keys(labels);
  return [
    ...names
      .filter((label) => label.includes(';') || label.trim() === unlabelled)
      .map((label) => findingAtKey(source, ['roles', 'labels'], label, oddLabel)),
    ...ambiguousRoles(source, labels, labels_back),
    ...Object.entries(labels_back).flatMap(([role, label]) => {
      const complaint = wrongWayBack(role, label, labels);
      return complaint === null ? [] : findingAtPath(source, ['roles', 'labels_back', role], complaint);
    }),
    ...(primary_label !== null && names.includes(primary_label)
      ? [findingAtPath(source, ['roles', 'primary_label'], primaryIsRole)]
      : []),
  ];
}

const oddLabel: Complaint = {
  code: 'label_unusable',
  what: 'A label holds a semicolon, or is a single asterisk.',
  why: 'Labels are kept in a list with semicolons between them; the asterisk stands for none.',
  fix: 'Rename the label in HubSpot, and here.',
};

const primaryIsRole: Complaint = {
  code: 'primary_label_is_role',
  what: 'The label of the primary contact stands under labels as well.',
  why: 'One label would say two things: who is primary, and which role somebody has.',
  fix: 'Make a label of its own for the primary contact in HubSpot, or remove it under labels.',
};

function ambiguousRoles(source: YamlSource, labels: Roles['labels'], back: Roles['labels_back']): Finding[] {
  const roles = Object.values(labels);
  const repeated = [...new Set(roles.filter((role, index) => roles.indexOf(role) !== index))];
  return repeated
    .filter((role) => back[role] === undefined)
    .map((role) => {
      const from = Object.keys(labels).filter((label) => labels[label] === role);
      return findingAtKey(source, ['roles', 'labels'], from[1] ?? '', {
        code: 'ambiguous_way_back',
        what: `The labels "${from.join('" and "')}" both become "${role}", and labels_back does not say which one comes back.`,
        why: 'When sales gives somebody the role, nobody knows which label to set.',
        fix: `Add it under labels_back, such as "${role}": ${from[0]}`,
      });
    });
}

function wrongWayBack(role: string, label: string, labels: Roles['labels']): Complaint | null {
  const known = Object.keys(labels);
  if (!known.includes(label)) {
    const near = didYouMean(label, known);
    return {
      code: 'unknown_label',
      what: `The way back of "${role}" leads to "${label}", which is not under labels.`,
      why: 'HubSpot would get a label that means nothing on the way to Salesforce.',
      fix: near === undefined ? `Add "${label}" under labels.` : `Did you mean "${near}"?`,
    };
  }
  const from = known.filter((each) => labels[each] === role);
  if (from.length === 0 || from.includes(label)) return null;
  return {
    code: 'way_back_elsewhere',
    what: `"${role}" leads back to "${label}", which becomes "${labels[label]}" and not "${role}".`,
    why: 'The role would change by itself, from one to the other.',
    fix: `Use "${from.join('" or "')}", or map "${label}" to "${role}".`,
  };
}
