/** Endings of names whose value is a secret, in lower case without separators. */
const secretEndings = [
  'password',
  'passwd',
  'passwort',
  'kennwort',
  'motdepasse',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'token',
  'apikey',
  'privatekey',
  'privatekeypem',
  'privatekeyid',
  'privatekeybase64',
  'pvtkey',
  'accesskey',
  'accesskeyid',
  'secretkey',
  'secretkeyid',
  'accountkey',
  'sharedkey',
  'masterkey',
  'symmetrickey',
  'hmackey',
  'webhookkey',
  'subscriptionkey',
  'licensekey',
  'providerclientkey',
  'signingkey',
  'encryptionkey',
  'storagekey',
  'sshkey',
  'awskeyid',
  'connectionstring',
  'serviceaccount',
  'serviceaccountkey',
  'serviceaccountjson',
  'authorization',
  'credential',
  'credentials',
  'credentialsproviderarguments',
  'keypass',
  'storepass',
  'sharedaccesssignature',
  'xamzsignature',
  'jwt',
];

/** Names that are secret only when they stand alone: as an ending they are ordinary words. */
const secretWholeNames = new Set(['passwords', 'tokens', 'apikeys', 'sig', 'pass', 'pw', 'cookie', 'setcookie']);

/** Short ones that need a border before them: `db_pass`, `dbPass`, not `compass`. */
const separateEnding = /[_.-](?:pass|pw)\d{0,2}$|[a-z](?:Pass|Pw)\d{0,2}$|^[A-Z_]+_(?:PASS|PW)\d{0,2}$/;

/** Names that look secret and are not: settings that people need to read. */
const openNames = new Set([
  'secretname',
  'secretref',
  'secretsmanager',
  'secretmanager',
  'nexttoken',
  'pagetoken',
  'maxtoken',
]);

/** Whether the value that goes by this name is a secret: `password`, `db.apiKey`, `aws_secret_access_key`, `secretKeyId`. */
export function isSecretName(name: string): boolean {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/(?<=[a-z])\d{1,2}$/, '');
  if (openNames.has(plain)) return false;
  if (secretWholeNames.has(plain) || plain.startsWith('secret')) return true;
  if (separateEnding.test(name)) return true;
  return secretEndings.some((ending) => plain.endsWith(ending));
}
