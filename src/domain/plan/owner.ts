export {
  fallbackOwner,
  isStandIn,
  mappedOwner,
  ownerField,
  ownerOf,
  ownerOfUser,
  ownerProperty,
} from '../merge/owner.ts';
