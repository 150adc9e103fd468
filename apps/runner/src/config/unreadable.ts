/** Why a file could not be read, to follow its name. */
export function whyUnreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'EISDIR':
      return 'is a directory';
    case 'EACCES':
      return 'may not be read by this user';
    default:
      return `can not be read (${code ?? error})`;
  }
}
