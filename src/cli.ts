#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { botCommand } from './commands/bot.js';
import { demoCommand } from './commands/demo.js';
import { UsageError } from './commands/errors.js';
import { renderCommand, type RenderArguments } from './commands/render.js';
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
