/** The primary email and the secondary ones (`hs_additional_emails`, separated by semicolons), in lower case, each once. */
export function contactEmails(properties: Readonly<Record<string, string | null>>): string[] {
  const all = [properties.email, ...(properties.hs_additional_emails ?? '').split(';')];
  const clean = all.map((email) => (email ?? '').trim().toLowerCase()).filter((email) => email !== '');
  return [...new Set(clean)];
}
