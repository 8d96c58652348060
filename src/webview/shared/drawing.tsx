import type { JSX } from 'preact';

/**
 * A line drawing on a grid of 16, in the colour of the text around it. Assistive technology passes
 * over it: a text beside it says the same.
 */
export function Drawing({ path }: { readonly path: string }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
