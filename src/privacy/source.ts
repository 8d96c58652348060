/** The document of the vendor, or the public record, that a fact was taken from. */
export interface FactSource {
  readonly title: string;
  readonly url?: string;
  /** The date the document itself bears (ISO 8601); absent where it bears none. */
  readonly dated?: string;
}

/** When the sources below were read (ISO 8601). */
export const SOURCES_READ = '2026-11-21';

/** Every document that the tables of this folder rest on. */
export const SOURCES = {
  privacy: {
    title: 'Kiro: Privacy and Security',
    url: 'https://kiro.dev/docs/privacy-and-security/',
  },
  cliPrivacy: {
    title: 'Kiro CLI: Privacy and security',
    url: 'https://kiro.dev/docs/cli/privacy-and-security/',
    dated: '2025-12-12',
  },
  cliSecurity: {
    title: 'Kiro CLI: Security considerations',
    url: 'https://kiro.dev/docs/cli/chat/security/',
    dated: '2025-11-18',
  },
  autonomousAgent: {
    title: 'Kiro autonomous agent: Data protection',
    url: 'https://kiro.dev/docs/autonomous-agent/data-protection/',
    dated: '2026-02-07',
  },
  workshop: { title: 'Kiro workshop: Security and Privacy Settings' },
  observed: { title: 'Settings of the product, as its users list them' },
} as const satisfies Readonly<Record<string, FactSource>>;

/** A source in words: title, its own date or none, and when it was read. */
export function sayFactSource({ title, dated }: FactSource): string {
  return `${title} (${dated ?? 'undated'}, read ${SOURCES_READ})`;
}
