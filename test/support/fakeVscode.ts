/** The little of the editor's API that texts need, for tests without an editor. */
export const l10n = {
  t: (text: string, ...values: readonly (string | number)[]): string =>
    text.replace(/\{(\d)\}/gu, (whole, at: string) => String(values[Number(at)] ?? whole)),
};

export const env = { language: 'en' };
