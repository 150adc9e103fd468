/** Endings of names whose value is a secret, in lower case without separators. */
const secretEndings = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'token',
  'apikey',
  'privatekey',
  'privatekeypem',
  'accesskey',
  'accesskeyid',
  'secretkey',
  'secretkeyid',
  'accountkey',
  'sharedkey',
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
  'sharedaccesssignature',
  'xamzsignature',
  'jwt',
];

/** Names that are secret only when they stand alone: as an ending they are ordinary words. */
const secretWholeNames = new Set(['passwords', 'tokens', 'apikeys', 'sig', 'pass', 'cookie', 'setcookie']);

/** Names that look secret and are not: settings that people need to read. */
const openNames = new Set(['secretname', 'secretref', 'nexttoken', 'pagetoken', 'maxtoken']);

/** Whether the value that goes by this name is a secret: `password`, `db.apiKey`, `aws_secret_access_key`, `secretKeyId`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (openNames.has(plain)) return false;
  if (secretWholeNames.has(plain) || plain.startsWith('secret')) return true;
  return secretEndings.some((ending) => plain.endsWith(ending));
}
