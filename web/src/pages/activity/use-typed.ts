import { type ChangeEvent, useState } from 'react';

/** What a field of a filter holds: as typed, until the address says something else. @param applied as the address holds it */
export function useTyped(applied = '') {
  const [typed, setTyped] = useState({ applied, value: applied });
  const value = typed.applied === applied ? typed.value : applied;
  return {
    value,
    onChange: ({ currentTarget }: ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
      setTyped({ applied, value: currentTarget.value }),
  };
}
