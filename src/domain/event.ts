import type { HubSpotObject } from './record.ts';

/** What a HubSpot webhook tells, reduced to a hint about which records to look at again. Its values are never taken as the state. */
export type HubSpotEvent = {
  portalId: string;
  kind: 'creation' | 'deletion' | 'propertyChange' | 'merge' | 'restore' | 'privacyDeletion' | 'associationChange';
  object: HubSpotObject;
  objectId: string;
  /** The ids that were merged into `objectId`. */
  otherIds: readonly string[];
  /** Only of an association: the record at its other end; null where HubSpot does not say of which kind it is. */
  otherEnd?: { object: HubSpotObject; id: string } | null;
  /** Only of an association: it was taken away. */
  isRemoved?: boolean;
  propertyName?: string;
  propertyValue?: string;
  /** HubSpot names the app of this very subscription as the source: ours, or automation under its name. */
  isByOurApp: boolean;
  occurredAtMs: number;
};
