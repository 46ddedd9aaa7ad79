/** Sets one parameter of an address and keeps the others; its usual value is left out. */
export function withParam(name: string, value: string, usual: string): (before: URLSearchParams) => URLSearchParams {
  return (before) => {
    const after = new URLSearchParams(before);
    if (value === usual) after.delete(name);
    else after.set(name, value);
    return after;
  };
}
