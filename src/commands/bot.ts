import { loadConfig } from '../config.js';
import { createLog } from '../log.js';
import { startBot } from '../start.js';

/** `pentimento bot`: runs until it is told to stop. */
export async function botCommand(signal: AbortSignal): Promise<void> {
  const config = loadConfig();
  const log = createLog(config.logLevel);
  const { sandboxUrl, done } = await startBot(config, log, signal);
  console.log(
    sandboxUrl === undefined
      ? `Listening on ${config.mastodon?.url ?? ''}.`
      : `No account is configured, so here is a sandbox to try the bot in: ${sandboxUrl}`,
  );
  await done;
}
