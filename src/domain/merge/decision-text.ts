/** Each code of a decision about a field in words; what follows the field's name in a reason. */
export const decisionText = {
  hubspot_value_sent: "HubSpot's value is sent to Salesforce.",
  salesforce_value_sent: "Salesforce's value is sent to HubSpot.",
  salesforce_edit_overruled:
    "HubSpot owns the field: its value is restored, and Salesforce's edit stays in the audit log.",
  hubspot_edit_overruled:
    "Salesforce's value stands for this field: it is restored in HubSpot, whose edit stays in the audit log.",
  filled_blank: "Salesforce was blank: HubSpot's value fills it.",
  filled_blank_in_hubspot: "HubSpot was blank: Salesforce's value fills it.",
  as_last_agreed: 'The sides differ as they did when they last agreed; nothing is sent again.',
  never_written: 'The field is compared and shown, never written.',
  differs_since_link:
    'Both sides had a value when they were linked, and nobody knows which is newer: both stay, and later edits count from here.',
  conflict_hubspot_owns:
    'Both sides have changed and HubSpot owns the field: its value goes to Salesforce, whose edit stays in the audit log.',
  conflict_salesforce_owns:
    "Both sides have changed and Salesforce's value stands for this field: it goes to HubSpot, whose edit stays in the audit log.",
  conflict_hubspot_newer: 'Both sides have changed, HubSpot last: its value goes to Salesforce.',
  conflict_salesforce_newer: 'Both sides have changed, Salesforce last: its value goes to HubSpot.',
  conflict_newest_unknown:
    'Both sides have changed and it cannot be told which was last: the side that the mapping names as fallback wins.',
  conflict_histories_unread: 'Both sides have changed: when each did is read before one of them wins.',
  empty_kept: 'One side is empty, and the mapping keeps what the other one has.',
  blank_never_overrules: 'One side is empty and has not been emptied since both agreed: what the other one has stays.',
  required_not_cleared: 'HubSpot was emptied, but Salesforce requires a value: what it has stays.',
  default_stays: "Salesforce holds the default of the mapping, which is nobody's value: it is not taken to HubSpot.",
  no_way_back: "The mapping knows no way from Salesforce's value to HubSpot's: what HubSpot has stays.",
  way_back_failed: "The way back in the mapping does not work for Salesforce's value: what HubSpot has stays.",
  website_without_domain: "Salesforce's website names no site on the internet: the domain in HubSpot stays as it is.",
  value_unmapped: 'The value map does not know the value, or several values could be meant: the field is left alone.',
  too_long: 'The value is longer than Salesforce allows: the field is left alone.',
  truncated: 'The value is longer than Salesforce allows and was cut.',
  unmapped_default: "The value map does not know HubSpot's value: its default is used.",
  property_not_read: 'HubSpot did not return the property; is it missing there?',
  field_not_read: 'Salesforce did not return the field; does the integration user see it?',
  unit_incomplete: 'Another field of the same unit cannot be sent, and the fields of a unit go together or not at all.',
  salesforce_paused:
    'The record is not handed over at the moment: nothing is sent to Salesforce until it qualifies again.',
  owner_is_queue: 'A queue owns the record in Salesforce, which says nothing of the owner in HubSpot.',
  owner_unmapped: 'The owner of one side has no counterpart in the other: the owners stay as they are.',
  company_not_paired:
    'No Account stands for the primary company in HubSpot yet: the account in Salesforce stays as it is until one does.',
  account_not_paired:
    'No company in HubSpot stands for the account in Salesforce: the primary company stays as it is until one does.',
  field_frozen: 'The field is frozen for this record: it is left alone until a person thaws it.',
  fight_suspected: 'We have written this field often lately: who changes it back is read before it is frozen.',
} as const satisfies Readonly<Record<string, string>>;

export type DecisionCode = keyof typeof decisionText;
