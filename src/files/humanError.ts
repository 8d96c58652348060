/** An error made for people: its message says what is wrong and what to do, and may be shown. */
export class HumanError extends Error {
  override readonly name: string = 'HumanError';
}
