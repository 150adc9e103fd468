import { hide } from './replacement.js';
import { isSecretName } from './secret-names.js';

const literal = String.raw`'(?:\{\{[^{}\n]*\}\}|\{(?!\{)|''|[^'{\n])*'?`;
const dollars = String.raw`\$\$[^$]{0,512}(?:\$\$|$)`;

/** Words of SQL after which a literal is a secret. */
const secretWords =
  'CREDENTIALS(?:\\s{1,8}AS)?|(?:AWS_)?ACCESS_KEY_ID|(?:AWS_)?SECRET_ACCESS_KEY|(?:AWS_|SESSION_|ACCESS_|BEARER_|REFRESH_|SAS_|AZURE_SAS_)TOKEN|AWS_KEY_ID|KEY_ID|AWS_SECRET_KEY|CLIENT_SECRET|API_KEY|ACCOUNT_KEY|STORAGE_KEY|PRIVATE_KEY|PASSPHRASE|CONNECTION_STRING|MASTER_SYMMETRIC_KEY';

/** SQL that names a secret without an equals sign. */
const sqlLiteral = new RegExp(
  String.raw`(?<![A-Za-z0-9_"'\\])((?:PASSWORD|${secretWords})(?:\s{1,8}|\s{0,4}\(\s{0,4}))(${literal}|${dollars})`,
  'gi',
);

const identifiedByLiteral = new RegExp(
  String.raw`(?<![A-Za-z0-9_])(IDENTIFIED\s{1,8}(?:WITH\s{1,8}[^\s']{1,64}\s{1,8})?(?:BY|AS)(?:\s{1,8}(?:VALUES|PASSWORD))?\s{1,8}|SET\s{1,8}PASSWORD\s{1,8}FOR\s{1,8}[^\s=]{1,128}\s{0,4}=\s{0,4})(${literal}|"[^"\n]*"?)`,
  'gi',
);

/** These are words of ordinary sentences too ("unexpected token '<'"): only in capitals or in `CREATE SECRET`. */
const shoutedLiteral = new RegExp(String.raw`(?<![A-Za-z0-9_])((?:SECRET|TOKEN)\s{1,8})(${literal})`, 'g');
const anyCaseLiteral = new RegExp(shoutedLiteral.source, 'gi');
const createsSecret = /CREATE\s[^;]{0,64}SECRET\b/i;

/** A password that is written without quotes. */
const identifiedBy =
  /((?:USER|ROLE|TO|LINK)\s{1,8}[^\s'"]{1,128}\s{1,8}IDENTIFIED\s{1,8}BY\s{1,8}(?!(?:VALUES|PASSWORD)\b))((?:\{\{[^{}\n]*\}\}|[^\s;'"{])+)/gi;

/** ClickHouse names a server's user and password by their place. */
const tableFunction = new RegExp(
  String.raw`(?<![A-Za-z0-9_])((?:postgresql|mysql|mongodb)\s{0,2}\(\s{0,8}(?:'[^'\n]{0,256}'\s{0,8},\s{0,8}){4})(${literal})`,
  'gi',
);

const insert =
  /(INSERT\s{1,8}(?:INTO|OVERWRITE)\s{1,8}[^\s(]{1,256}\s{0,8}\(([^()]{1,2000})\)\s{0,8}VALUES)((?:'(?:''|[^'])*'?|[^';])*)/gi;

function hideQuoted(value: string): string {
  const quote = value.startsWith('$$') ? '$$' : value[0]!;
  const closed = value.length >= 2 * quote.length && value.endsWith(quote);
  const inner = value.slice(quote.length, closed ? -quote.length : undefined);
  return inner === '' ? value : quote + hide(inner) + (closed ? quote : '');
}

const hideSecond = (_match: string, before: string, value: string): string => before + hideQuoted(value);

/** Hides the secrets that SQL names by a word or by their place; assignments are dealt with elsewhere. */
export function redactSql(text: string): string {
  const shouted = createsSecret.test(text) ? anyCaseLiteral : shoutedLiteral;
  return text
    .replace(identifiedByLiteral, hideSecond)
    .replace(sqlLiteral, hideSecond)
    .replace(shouted, hideSecond)
    .replace(identifiedBy, (_match, before: string, value: string) => before + hide(value))
    .replace(tableFunction, hideSecond)
    .replace(insert, (match, before: string, columns: string, values: string) =>
      columns.split(',').some((column) => isSecretName(column))
        ? before + values.replace(/'((?:''|[^'])*)('?)/g, (_all, inner: string, end: string) => `'${hide(inner)}${end}`)
        : match,
    );
}
