/**
 * Since which version a server behaves in a way. 1.2 and 1.6 are recorded; a behaviour that differs between the two is taken
 * to have come with 1.3 unless the schemas or release notes of the versions between say when.
 */
const introduced = {
  /** Unknown tags are refused before anything is stored (OM fact 14). */
  tagsResolvedFirst: '1.3',
  /** A service without `connection` may be written again (OM fact 8). */
  connectionMayBeMissing: '1.3',
  /** References name their entity also as `displayName`. */
  referencesHaveDisplayName: '1.3',
  /** Tag labels in the answer of a PUT carry the tag's name. */
  labelsHaveName: '1.3',
  /** A PATCH soon after another by the same user is merged with it: one version for both. */
  patchesConsolidate: '1.3',
  /** A bot's PUT keeps the domain that is there. */
  botKeepsDomain: '1.3',
  /** A write that changes nothing shows the last change; before, an empty one. */
  lastChangeShown: '1.3',
  /** Users always say whether they are bots; users and teams list their domains. */
  peopleInFull: '1.3',
  /** The answer of an ingestion run has an id, the service and the run. */
  ingestionEventInFull: '1.3',
  /** The answer of a deleted run shows tags and owners. */
  statusDeletionInFull: '1.3',
  /** Status writes answer with the change header. */
  statusesHaveChangeHeader: '1.3',
  /** Cursors hold the id beside the name. */
  cursorsHoldId: '1.3',
  /** Errors that nobody handled carry `errorType`. */
  errorType: '1.3',
  /** `dataProducts` are part of an entity's full view. */
  dataProducts: '1.3',
  lineageByName: '1.3',
  patchByName: '1.3',
  systemStatus: '1.3',
  /** 401 texts say what was wrong with the token (OM fact 4). */
  tokenErrorsInDetail: '1.3',
  /** Connections have the properties that were recorded of 1.6. */
  connectionsOf16: '1.6',
  lineageEdgeRead: '1.4',
  ownersAsList: '1.5',
  lineageDeletedBySource: '1.5',
  domainsAsList: '1.9',
  statusBulk: '1.11',
  /** GET of statuses obeys `limit` and `after`. */
  statusPaging: '1.11',
  pipelineBulk: '1.12',
  /** Columns of a lineage edge are compared by name, also of ends without any (by OpenMetadata's sources of about 1.7). */
  columnsComparedByName: '1.7',
  /** Details of an edge say who wrote it and when; an edge without details has these alone. */
  edgesStamped: '1.7',
  /** Unknown columns of a lineage edge are dropped instead of refused. */
  columnsDropped: '1.13',
  lineageWrittenByName: '2.0',
  deleteStale: '2.0',
} as const;

type Feature = keyof typeof introduced;

/** What `GET /v1/system/version` says, by version; the last patch of each minor where no recording exists. */
const reported: Record<string, string> = {
  '1.2': '1.2.0-SNAPSHOT',
  '1.3': '1.3.4',
  '1.4': '1.4.8',
  '1.5': '1.5.15',
  '1.6': '1.6.0-SNAPSHOT',
  '1.7': '1.7.7',
  '1.8': '1.8.12',
  '1.9': '1.9.17',
  '1.10': '1.10.14',
  '1.11': '1.11.14',
  '1.12': '1.12.14',
  '1.13': '1.13.6',
  '2.0': '2.0.7',
};

/** How one version of the server behaves. */
export interface VersionRules {
  /** e.g. `1.6`. */
  version: string;
  /** As the server reports it, e.g. `1.6.0-SNAPSHOT`. */
  reportedVersion: string;
  /** True for versions that no recording covers. */
  simulated: boolean;
  has: (feature: Feature) => boolean;
  /** Whether a bot's PUT leaves a display name that is there alone: yes up to 1.7 and from 2.0 on, no between. */
  botKeepsDisplayName: boolean;
}

function atLeast(version: string, minimum: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = minimum.split('.').map(Number);
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}

/** The rules of `1.2` … `2.0`; a patch level such as `1.6.3` is left aside. Throws for a version that is not known. */
export function rulesOf(version: string): VersionRules {
  const [major, minor] = version.split('.');
  const short = `${major}.${minor}`;
  const reportedVersion = reported[short];
  if (reportedVersion === undefined) {
    throw new Error(`no OpenMetadata ${version} here; known versions: ${Object.keys(reported).join(', ')}`);
  }
  const features = new Set(
    Object.entries(introduced)
      .filter(([, minimum]) => atLeast(short, minimum))
      .map(([feature]) => feature),
  );
  return {
    version: short,
    reportedVersion,
    simulated: short !== '1.2' && short !== '1.6',
    has: (feature) => features.has(feature),
    botKeepsDisplayName: !atLeast(short, '1.8') || atLeast(short, '2.0'),
  };
}
