import type { LoadedConfig } from '../config/load-config.js';
import type { Terminal } from '../terminal/terminal.js';

/** Says for each end that any certificate is accepted there, if the config wants that. */
export function warnAboutTls({ workflow, connectorConfig, connector }: LoadedConfig, terminal: Terminal): void {
  const ends = [
    ['OpenMetadata', workflow.workflowConfig.openMetadataServerConfig?.verifySSL],
    [connector.title, (connectorConfig as { verifySSL?: unknown }).verifySSL],
  ];
  for (const [name, verify] of ends) {
    if (verify !== 'ignore') continue;
    terminal.log(
      'WARN',
      `verifySSL: ignore — whoever stands between here and ${name} can read and change everything, the token too`,
    );
  }
}
