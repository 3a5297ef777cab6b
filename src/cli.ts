#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { backupCommand } from './commands/backup.js';
import { blockCommand, unblockCommand } from './commands/block.js';
import { botCommand } from './commands/bot.js';
import { demoCommand } from './commands/demo.js';
import { doctorCommand } from './commands/doctor.js';
import { UsageError } from './commands/errors.js';
import { queueCancel, queueList, queuePause, queueRetry, queueShow } from './commands/queue.js';
import { renderCommand, type RenderArguments } from './commands/render.js';
import { statsCommand } from './commands/stats.js';
import { allStates } from './queue/states.js';
import { parameters, type Parameter } from './requests/parameters.js';
import { version } from './version.js';

/*
 * The commands. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interrupted.abort(new Error(name)));

const program = new Command('pentimento')
  .description('Repaints a photo in the style of a painting; as a command, or as a bot.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(--help shows what is possible)');

program
  .command('render')
  .description('paint one picture')
  .addOption(new Option('--content <photo>', 'the photo to repaint'))
  .addOption(new Option('--subject <photo>', 'another name for --content'))
  .addOption(
    new Option('--style <painting>', 'the painting whose style to use; several are blended')
      .argParser((file: string, sofar: readonly string[] | undefined) => [...(sofar ?? []), file])
      .makeOptionMandatory(),
  )
  .addOption(new Option('--output <file>', 'where to put it (.jpg, .png or .webp)'))
  .addOption(numeric('size', 'pixels'))
  .addOption(numeric('strength', 'percent'))
  .addOption(numeric('seed', 'number'))
  .addHelpText(
    'after',
    `
Examples:
  pentimento render --content photo.jpg --style painting.jpg
  pentimento render --subject photo.jpg --style a.jpg --style b.jpg --strength 70 --output blend.png
  pentimento render --content photo.jpg --style data/styles/lighthouse-eddies.jpg --size 768`,
  )
  .action(async (options: Partial<RenderArguments> & { subject?: string }) => {
    const content = options.content ?? options.subject;
    if (content === undefined) throw new UsageError('--content (or --subject) is missing');
    if (options.content !== undefined && options.subject !== undefined)
      throw new UsageError('--content and --subject are two names for one thing; give one');
    await renderCommand({ ...(options as RenderArguments), content }, interrupted.signal);
  });

program
  .command('bot')
  .description('listen for mentions and answer them; without an account, in a sandbox of its own')
  .action(() => botCommand(interrupted.signal));

program
  .command('demo')
  .description('show the whole way of a mention: ask the bot in a sandbox and wait for its answer')
  .action(() => demoCommand(interrupted.signal));

const queue = program
  .command('queue')
  .description('see what waits and change it; the bot may be running')
  .addHelpText(
    'after',
    `
Examples:
  pentimento queue list                       what is pending, in the order of painting
  pentimento queue list --state unanswerable  what went wrong
  pentimento queue show 17
  pentimento queue pause                      paint nothing new until "resume"`,
  );
queue
  .command('list')
  .description('one line for each request')
  .addOption(
    new Option('--state <state>', 'in this state only')
      .choices(['pending', ...allStates])
      .default('pending'),
  )
  .addOption(
    new Option('--limit <number>', 'not more than this').default(50).argParser(wholeNumber),
  )
  .action(queueList);
for (const [name, description, act] of [
  ['show', 'everything about one request', queueShow],
  ['retry', 'try again at once what waits, failed or was cancelled', queueRetry],
  ['cancel', 'end a request without an answer', queueCancel],
] as const)
  queue
    .command(name)
    .description(description)
    .argument('<id>', 'the number in the list', wholeNumber)
    .action((id: number) => act(id));
queue
  .command('pause')
  .description('paint nothing new; mentions come in and answers go out')
  .action(() => queuePause(true));
queue
  .command('resume')
  .description('go on painting')
  .action(() => queuePause(false));

program
  .command('block')
  .description('ignore an account or a whole domain; without one, list who is ignored')
  .argument('[who]', 'ada@example.social or example.social')
  .action(blockCommand);
program
  .command('unblock')
  .description('answer an account or a domain again')
  .argument('<who>', 'as "pentimento block" lists it')
  .action(unblockCommand);

program
  .command('stats')
  .description('what the bot has done, and how long people waited')
  .action(statsCommand);
program
  .command('backup')
  .description('save the queue, also while the bot runs')
  .argument('<file>', 'a new file')
  .action(backupCommand);
program
  .command('doctor')
  .description('look at everything that the bot needs, and say what is wrong')
  .action(doctorCommand);

/** An option for a number out of the table of parameters, with its range and default in the help. */
function numeric(name: keyof typeof parameters, unit: string): Option {
  const parameter: Parameter = parameters[name];
  const { min, max, help } = parameter;
  return new Option(`--${name} <${unit}>`, `${help} (${min} to ${max})`)
    .default(parameter.default)
    .argParser((text) => {
      const value = Number(text);
      if (!Number.isInteger(value) || value < min || value > max)
        throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
      return value;
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Says what went wrong, in one sentence, and gives the exit code. */
function exitCodeOf(error: unknown): number {
  if (interrupted.signal.aborted) {
    console.error('interrupted');
    return 130;
  }
  // Commander has said it already; it throws for --help too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const message = error instanceof Error ? error.message : String(error);
  console.error(`pentimento: ${message}`);
  return error instanceof UsageError ? 2 : 1;
}
