import { type Catalog, findByName } from './catalog.js';
import { crash, type Refusal, refuse } from './refusals.js';

/** Who asks. */
export interface Caller {
  name: string;
  /** A bot's PUT leaves alone what people wrote (OM fact 13). */
  isBot: boolean;
  isAdmin: boolean;
}

export type Operation = 'Create' | 'EditAll' | 'EditStatus' | 'EditLineage' | 'Delete';

/** The user whose token the stand-in was given. */
const ingestionBot = 'ingestion-bot';

/**
 * Who a request comes from. The stand-in's token signs in as the ingestion bot; with `.<name>` behind it, it signs in as the
 * user of that name (`sandbox-token.admin`). Anything else is refused with the 401 of the version (OM fact 4).
 */
export function authenticate(catalog: Catalog, authorization: string | undefined, token: string): Caller {
  const { rules } = catalog;
  // The scheme is case-sensitive on both recorded servers.
  if (!authorization?.startsWith('Bearer ')) throw refuse(401, 'Not Authorized! Token not present');
  const given = authorization.slice('Bearer '.length);
  const name =
    given === token ? ingestionBot : given.startsWith(`${token}.`) ? given.slice(token.length + 1) : undefined;
  const user = name === undefined ? undefined : findByName(catalog, 'user', name);
  if (!user || user.deleted) {
    if (!rules.has('tokenErrorsInDetail')) throw refuse(401, 'Invalid token');
    throw refuse(
      401,
      given.split('.').length === 3
        ? "Not Authorized! Token verification failed. Public key mismatch. due to com.auth0.jwt.exceptions.SignatureVerificationException: The Token's Signature resulted invalid when verified using the Algorithm: SHA256withRSA"
        : 'Not Authorized! Unable to decode the token.',
    );
  }
  return { name: user.name, isBot: user.own.isBot === true, isAdmin: user.own.isAdmin === true };
}

/** Refuses with 403 what the caller may not do: people who are no admins read only, other bots only draw lineage. */
export function authorize(caller: Caller, operation: Operation): void {
  if (caller.isAdmin || caller.name === ingestionBot) return;
  if (caller.isBot && operation === 'EditLineage') return;
  throw refuse(403, `Principal: CatalogPrincipal{name='${caller.name}'} operations [${operation}] not allowed`);
}

/** The 500 of a write without a body. */
export function emptyBody(catalog: Catalog): Refusal {
  const getter = catalog.rules.has('ownersAsList') ? 'getOwners' : 'getOwner';
  return crash(
    catalog.rules,
    `Cannot invoke "org.openmetadata.schema.CreateEntity.${getter}()" because "request" is null`,
  );
}
