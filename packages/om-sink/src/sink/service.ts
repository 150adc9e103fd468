import type { OmClient } from '../client/client-types.js';
import type { OmService } from '../client/entities.js';
import { OpenMetadataError } from '../client/error.js';
import type { SinkOptions } from '../types.js';

/**
 * The pipeline service that is filled; made if there is none, then `isNew`. Refuses one that a person soft-deleted, and one that
 * belongs to another kind of source.
 */
export async function findOrCreateService(
  client: OmClient,
  options: SinkOptions,
): Promise<{ service: OmService; isNew: boolean }> {
  const present = await client.getService(options.service);
  const made =
    present === undefined
      ? await client.createService({
          name: options.service,
          ...(options.serviceDescription === undefined ? {} : { description: options.serviceDescription }),
          serviceType: 'CustomPipeline',
          connection: { config: { type: 'CustomPipeline' } },
        })
      : undefined;
  // Where there was none and none could be made, another run made it in the meantime.
  const service = present ?? made ?? (await client.getService(options.service));

  if (service === undefined) {
    throw new OpenMetadataError(`The pipeline service ${options.service} exists, but can't be read`, {
      kind: 'service',
      verdict: 'fatal',
      hint: 'Give the bot the right to view it, or use another serviceName.',
    });
  }
  if (service.deleted === true) {
    throw new OpenMetadataError(`The pipeline service ${service.name} was deleted in OpenMetadata`, {
      kind: 'service',
      verdict: 'fatal',
      hint: `Flowmeta doesn't bring back what a person deleted. Restore it (Settings, Services, Pipelines, show deleted; or PUT /api/v1/services/pipelineServices/restore with {"id": "${service.id}"}), delete it for good, or use another serviceName.`,
    });
  }
  if (service.serviceType != null && service.serviceType !== 'CustomPipeline') {
    throw new OpenMetadataError(`The pipeline service ${service.name} holds pipelines of ${service.serviceType}`, {
      kind: 'service',
      verdict: 'fatal',
      hint: 'Use a serviceName of its own for this source.',
    });
  }
  return { service, isNew: made !== undefined };
}
