/** A pattern that fits a text as a whole, for labels which are a part of another label. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, '\\$&')}\\s*$`, 'u');
}
