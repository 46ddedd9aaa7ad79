import { createTheme, Modal, Table } from '@mantine/core';

/** Sizes for people who look at this all day. Colours stand in `theme.css`: the content security policy allows no style that is written into the page. */
export const theme = createTheme({
  primaryColor: 'blue',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ...Object.fromEntries(
      [
        ...['Button', 'TextInput', 'PasswordInput', 'NumberInput', 'Select', 'Textarea', 'Checkbox', 'Radio', 'Switch'],
        ...['NativeSelect', 'MultiSelect', 'Text', 'Alert'],
      ].map((name) => [name, { defaultProps: { size: 'sm' } }]),
    ),
    // Its lock of scrolling writes a style element; `theme.css` does it instead.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, closeButtonProps: { 'aria-label': 'Close' } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } }),
  },
});
