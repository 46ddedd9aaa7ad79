import type { MappingContent } from '../../domain/mapping-view/types.ts';
import { countOf, listOf } from '../../domain/mapping-view/words.ts';
import { setting, type Told } from './source.ts';
import { ruleSetting } from './tell-records.ts';

/** Who owns what in the other system. How many people are named, not who: the files tell that. */
export function tellOwners({ source, file }: Told<'owners'>): MappingContent['owners'] {
  const { rule, fallback, emails, fallback_by_team: teams } = file;
  const named = Object.keys(emails).length;
  const teamNames = Object.keys(teams);
  const sentence =
    fallback === null && teamNames.length === 0
      ? 'Owners are the users with the same email. A contact whose owner has no counterpart waits for a person.'
      : 'Owners are the users with the same email. A contact whose owner has no counterpart goes to a fallback user.';
  return {
    sentence,
    settings: [
      ruleSetting(source, ['rule'], { what: 'The owner', rule }),
      setting(
        source,
        ['fallback'],
        fallback === null
          ? 'There is no fallback: a contact whose owner nobody maps is not handed over and waits for a person.'
          : `What nobody maps goes to ${fallback}.`,
      ),
      ...(teamNames.length === 0
        ? []
        : [
            setting(
              source,
              ['fallback_by_team'],
              `These teams have a fallback of their own, before that one: ${listOf(teamNames, 'and')}.`,
            ),
          ]),
      ...(named === 0
        ? []
        : [
            setting(
              source,
              ['emails'],
              `${countOf(named, 'owner has', 'owners have')} another email in Salesforce than in HubSpot.`,
            ),
          ]),
    ],
  };
}
