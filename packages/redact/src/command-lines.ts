import { hide } from './replacement.js';
import { isSecretName } from './secret-names.js';

const value = String.raw`(?:\{\{[^{}\n]*\}\}|\{(?!\{)|[^\s"'{])+`;

/** `--password hunter2`: with an equals sign it is an assignment. */
const flag = new RegExp(String.raw`(?<![\w-])(--([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{1,4}["']?)(?!-)(${value})`, 'g');

const userFlag = new RegExp(
  String.raw`(?<![\w-])((?:-u|--user)[ \t]{1,4}["']?([^\s:"'-][^\s:"']{0,127}):)(${value})`,
  'g',
);

/** MySQL's clients take the password right behind the letter. */
const gluedPassword = new RegExp(
  String.raw`(?<!\w)((?:mysql|mysqldump|mysqladmin|mariadb|sshpass)(?=\s)[^\n;|]{0,200}?\s-p["']?)(${value})`,
  'g',
);

const oracleClient =
  /(?<!\w)((?:sqlplus|sqlldr|expdp|impdp)(?:[ \t]{1,4}-\w{1,8}){0,4}[ \t]{1,4}["']?[^\s/@"']{1,128}\/)([^\s@"']{1,256})@/g;

/** Hides what command lines give programs to sign in with. */
export function redactCommandLines(text: string): string {
  if (!text.includes('-') && !text.includes('/')) return text;
  return text
    .replace(flag, (match, before: string, name: string, found: string) =>
      isSecretName(name) ? before + hide(found) : match,
    )
    .replace(userFlag, (match, before: string, user: string, found: string) =>
      // `-u 1000:1000`, `-u app:app` say whose rights a container has.
      /^\d+$/.test(found) || user === found ? match : before + hide(found),
    )
    .replace(gluedPassword, (_match, before: string, found: string) => before + hide(found))
    .replace(oracleClient, (_match, before: string, found: string) => `${before}${hide(found)}@`);
}
