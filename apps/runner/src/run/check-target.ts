import { type CheckStep, hintOf } from '@flowmeta/connector';
import { capabilitiesFor } from '@flowmeta/om-mapper';
import type { OmClient } from '@flowmeta/om-sink';
import type { Workflow } from '../config/workflow-schema.js';
import { type RequiredRight, requiredRights } from './required-rights.js';

interface Step {
  name: string;
  /** What to do when it fails and the error does not say. */
  hint: string;
  run: (client: OmClient, workflow: Workflow) => Promise<Omit<CheckStep, 'name'>>;
}

const policyHint = 'Give the bot the policy of the ingestion bot, or one as in docs/permissions.md.';

const passed = (message: string) => ({ status: 'passed' as const, message });

const steps: Step[] = [
  {
    name: 'reach',
    hint: 'Check hostPort, and that OpenMetadata can be reached from here.',
    run: async (client) => passed(`OpenMetadata ${await client.version()} answers at ${client.baseUrl}.`),
  },
  {
    name: 'version',
    hint: 'Use a server from 1.2 on.',
    async run(client) {
      const { capabilities, warning } = capabilitiesFor(await client.version());
      if (warning) return { status: 'warning', message: `${warning}.` };
      const { version, verified } = capabilities;
      if (verified) return passed(`${version} is supported, and was tried against recordings of a real server.`);
      return { status: 'warning', message: `${version} is supported by its documentation; no recording backs it.` };
    },
  },
  {
    name: 'sign in',
    hint: 'Copy the current token of the ingestion bot: Settings, Bots, ingestion-bot.',
    async run(client) {
      const { name, isBot } = await client.loggedInUser();
      if (isBot) return passed(`Signed in as the bot ${name}.`);
      const message = `Signed in as ${name}, which is no bot: what it writes counts as edited by a person.`;
      return { status: 'warning', message, hint: "Use a bot's token." };
    },
  },
  {
    name: 'permissions',
    hint: policyHint,
    run: checkRights,
  },
  {
    name: 'service',
    hint: 'Check that the bot may view pipeline services.',
    async run(client, { source: { serviceName: name } }) {
      const service = await client.getService(name);
      if (!service) return passed(`${name} does not exist yet; the first run makes it.`);
      if (service.deleted) {
        const hint = 'Restore it in OpenMetadata, delete it for good, or use another serviceName.';
        return { status: 'failed', message: `${name} was deleted in OpenMetadata.`, hint };
      }
      if (service.serviceType != null && service.serviceType !== 'CustomPipeline') {
        const message = `${name} holds pipelines of ${service.serviceType}.`;
        return { status: 'failed', message, hint: 'Use a serviceName of its own for this source.' };
      }
      return passed(`${name} exists.`);
    },
  },
];

/** Asks the server what the bot may do of what a run with this config does. */
async function checkRights(client: OmClient, workflow: Workflow): Promise<Omit<CheckStep, 'name'>> {
  const rights = requiredRights(workflow, await client.version());
  const told = new Map<string, Record<string, string>>();
  let silence: unknown;
  for (const resource of new Set(rights.map((right) => right.resource))) {
    try {
      told.set(resource, await client.permissions(resource));
    } catch (error) {
      const { status } = error as { status?: number };
      if (status === undefined || status === 401) throw error;
      silence = error;
    }
  }
  if (told.size === 0) throw silence;
  const lacking = rights.filter(({ resource, operations }) => {
    const granted = told.get(resource);
    // What a version doesn't name it doesn't ask for either.
    const known = operations.filter((operation) => granted?.[operation] !== undefined);
    return known.length > 0 && known.every((operation) => /deny|notAllow/i.test(granted![operation]!));
  });
  const vital = lacking.filter(({ isVital }) => isVital);
  const [first] = vital.length > 0 ? vital : lacking;
  if (first !== undefined) {
    const status = vital.length > 0 ? 'failed' : 'warning';
    return { status, message: `The bot may not: ${lacking.map(shown).join(', ')}.`, hint: first.hint };
  }
  const untold = [...new Set(rights.map(({ resource }) => resource))].filter((resource) => !told.has(resource));
  const silent = untold.length > 0 ? ` The server does not say anything about ${untold.join(', ')}.` : '';
  return passed(`Nothing that is needed is denied.${silent}`);
}

const shown = ({ resource, operations }: RequiredRight): string => `${operations.join(' or ')} on ${resource}`;

/** Tries what a run needs of OpenMetadata, one named step at a time. After a failed step the rest is skipped. */
export async function* checkTarget(client: OmClient, workflow: Workflow): AsyncGenerator<CheckStep> {
  let failedAt: string | undefined;
  for (const { name, hint, run } of steps) {
    if (failedAt !== undefined) {
      yield { name, status: 'skipped', message: `It needs the step before: ${failedAt}.` };
      continue;
    }
    const step: CheckStep = await run(client, workflow).then(
      (result) => ({ name, ...result }),
      (error: unknown) => failure(name, error, hint),
    );
    if (step.status === 'failed') failedAt = name;
    yield step;
  }
}

function failure(name: string, error: unknown, hint: string): CheckStep {
  const message = error instanceof Error ? error.message : String(error);
  // Older servers do not tell what a user may do; the run finds out.
  if (name === 'permissions' && (error as { status?: number }).status !== 401) {
    return { name, status: 'skipped', message: `The server does not say: ${message}` };
  }
  return { name, status: 'failed', message, hint: hintOf(error) ?? hint };
}
