/** What a HubSpot webhook tells, reduced to a hint about which records to look at again. Its values are never taken as the state. */
export type HubSpotEvent = {
  portalId: string;
  kind: 'creation' | 'deletion' | 'propertyChange' | 'merge' | 'restore' | 'privacyDeletion' | 'associationChange';
  object: 'contact' | 'company' | 'deal';
  objectId: string;
  /** The ids that were merged into `objectId`. */
  otherIds: readonly string[];
  propertyName?: string;
  propertyValue?: string;
  /** HubSpot names the app of this very subscription as the source: ours, or automation under its name. */
  isByOurApp: boolean;
  occurredAtMs: number;
};
