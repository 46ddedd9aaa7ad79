import { Link } from 'wouter';
import { Empty } from '../../parts/empty.tsx';
import { PageHeader } from '../../parts/page-header.tsx';

/** An address that leads nowhere. */
export function Page() {
  return (
    <>
      <PageHeader title="Page not found" />
      <Empty
        title="There is no page at this address."
        text="The address may be mistyped, or from an older version of this page."
        action={<Link href="/">Go to the overview</Link>}
      />
    </>
  );
}
