import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun, type TablerIcon } from '@tabler/icons-react';
import classes from './shell.module.css';

const choices: readonly { value: MantineColorScheme; label: string; icon: TablerIcon }[] = [
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
];

/** Light, dark, or as the system; kept in this browser. To stop transitions Mantine would write a style element, which the page may not. */
export function ColorSchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label="Colours"
      value={colorScheme}
      onChange={(value) => setColorScheme(choices.find((choice) => choice.value === value)?.value ?? 'auto')}
      data={choices.map(({ value, label, icon: Icon }) => ({
        value,
        label: (
          <span className={classes.choice} title={label}>
            <Icon size={16} stroke={1.7} aria-hidden="true" />
            <span className={classes.unseen}>{label}</span>
          </span>
        ),
      }))}
    />
  );
}
