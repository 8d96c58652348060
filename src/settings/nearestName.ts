import { distance } from 'fastest-levenshtein';

/** The known name that a misspelt one most likely means; undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(Math.min(name.length, 30) / 4));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    // Names may be as long as a file allows: only near ones are worth a look.
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const away = distance(wanted, candidate.toLowerCase());
    if (away <= limit && (!best || away < best.distance))
      best = { name: candidate, distance: away };
  }
  return best?.name;
}
