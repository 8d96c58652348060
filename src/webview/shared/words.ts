/** Puts values in the place of `{0}`, `{1}` in a text of the window. */
export function fill(text: string, ...values: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/gu, (whole, index: string) =>
    String(values[Number(index)] ?? whole),
  );
}
