import {
  IconAddressBook,
  IconAlertTriangle,
  IconBriefcase,
  IconBuilding,
  IconFilter,
  IconGauge,
  IconHistory,
  IconPlayerPlay,
  IconRoute,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { useApi } from '../api/hooks.ts';
import { formatCount } from '../parts/format.ts';
import classes from './shell.module.css';

type Item = { href: string; label: string; icon: TablerIcon; count?: 'failures' | 'runs' };

const groups: readonly { label: string; items: readonly Item[] }[] = [
  { label: 'Health', items: [{ href: '/', label: 'Overview', icon: IconGauge }] },
  {
    label: 'Records',
    items: [
      { href: '/contacts', label: 'Contacts', icon: IconAddressBook },
      { href: '/companies', label: 'Companies', icon: IconBuilding },
      { href: '/deals', label: 'Deals', icon: IconBriefcase },
    ],
  },
  {
    label: 'Work',
    items: [
      { href: '/failures', label: 'Failures', icon: IconAlertTriangle, count: 'failures' },
      { href: '/runs', label: 'Runs', icon: IconPlayerPlay, count: 'runs' },
    ],
  },
  {
    label: 'Look',
    items: [
      { href: '/funnel', label: 'Funnel', icon: IconFilter },
      { href: '/mappings', label: 'Mappings', icon: IconRoute },
      { href: '/activity', label: 'Activity', icon: IconHistory },
    ],
  },
];

/** All pages, with how much waits on those where somebody has to act. */
export function Navigation() {
  const [path] = useLocation();
  const { data } = useApi('GET /overview', {});
  // Live sync is always there: nobody has to follow it.
  const counts = {
    failures: data?.failures.count ?? 0,
    runs: data?.runsActive.filter(({ kind }) => kind !== 'live').length ?? 0,
  };
  return (
    <nav aria-label="Pages">
      {groups.map(({ label, items }) => (
        <ul key={label} className={classes.group} aria-label={label}>
          {items.map((item) => (
            <li key={item.href}>
              <Entry {...item} current={isCurrent(path, item.href)} waiting={item.count ? counts[item.count] : 0} />
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

function Entry({ href, label, icon: Icon, count, current, waiting }: Item & { current: boolean; waiting: number }) {
  return (
    <Link href={href} className={classes.entry} aria-current={current ? 'page' : undefined}>
      <Icon size={18} stroke={1.7} aria-hidden="true" />
      <span>{label}</span>
      {waiting > 0 && (
        <span className={classes.count} data-kind={count}>
          {formatCount(waiting)}
          <span className={classes.unseen}>{count === 'runs' ? ' active' : ' failing'}</span>
        </span>
      )}
    </Link>
  );
}

function isCurrent(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
