/** How something stands: each has a ground and a text colour in light and in dark. */
export type Tone = 'ok' | 'info' | 'warning' | 'error' | 'quiet';
