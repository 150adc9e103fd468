/** A template that could not be rendered. */
export interface Marker {
  /** The name that stands in its place. */
  placeholder: string;
  /** What was between the braces, texts in it replaced by `'…'`. */
  expression: string;
}

const pattern = /flowmeta_template_\d+_/gi;

export const placeholderOf = (index: number): string => `flowmeta_template_${index}_`;

/** The templates whose placeholders occur in a text, whatever its case. */
export function markersIn(text: string, markers: ReadonlyMap<string, Marker>): Marker[] {
  if (markers.size === 0) return [];
  return [...text.matchAll(pattern)].flatMap(([placeholder]) => {
    const marker = markers.get(placeholder.toLowerCase());
    return marker ? [marker] : [];
  });
}
