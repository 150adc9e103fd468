/** Tells whether a name is the wanted one or ends in it, at a dot or a slash. Case doesn't matter; `*` stands for anything. */
export function nameMatcher(wanted: string): (name: string) => boolean {
  const parts = wanted.toLowerCase().split('*');
  return (name) => {
    const text = name.toLowerCase();
    if (matchesWhole(text, parts)) return true;
    for (let index = 0; index < text.length; index += 1) {
      if ((text[index] === '.' || text[index] === '/') && matchesWhole(text.slice(index + 1), parts)) return true;
    }
    return false;
  };
}

/** Takes each part at its first place after the one before: enough for `*`, and linear where a regular expression is not. */
function matchesWhole(text: string, parts: readonly string[]): boolean {
  const [first = '', ...others] = parts;
  if (others.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  const last = others.pop()!;
  for (const part of others) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}

/** The names that were most likely meant by one that none matches, the nearest first. */
export function nearestNames(wanted: string, names: Iterable<string>, most = 5): string[] {
  const text = wanted.toLowerCase().replaceAll('*', '');
  const depth = text.split(/[./]/).length;
  const ranked = [...new Set(names)].flatMap((name) => {
    const lower = name.toLowerCase();
    const end = lower
      .split(/(?<=[./])/)
      .slice(-depth)
      .join('');
    const distance = Math.min(distanceOf(text, lower), distanceOf(text, end));
    const tolerance = Math.max(1, Math.floor(text.length * 0.34));
    const contains = text.length >= 3 && lower.includes(text);
    return distance <= tolerance || contains ? [{ name, distance: contains ? 0 : distance }] : [];
  });
  ranked.sort((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1));
  return ranked.slice(0, most).map(({ name }) => name);
}

/** Insertions, deletions and replacements that make one text the other. */
function distanceOf(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = previous[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[right.length]!;
}
