import { tmpdir } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { optionFor } from '../../src/commands/options.js';
import type { FacesOptions } from './faces.js';
import type { PeersOptions } from './peers.js';
import type { QualityOptions } from './quality.js';
import type { QueueOptions } from './queue.js';
import type { RowOptions } from './row.js';
import type { SpeedOptions } from './speed.js';
import type { StrengthOptions } from './strength.js';

/*
 * The benchmarks and their options. A benchmark is loaded when it is called, because loading all
 * of them takes seconds.
 */

export const program = new Command('npm run bench --')
  .description('Runs one benchmark.')
  .usage('NAME [options]')
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .helpCommand(false)
  .addHelpText('after', '\n"npm run bench -- NAME --help" shows the options of one.')
  .exitOverride();

program
  .command('speed')
  .description("speed of one engine iteration, against the machine's ceiling")
  .option('--json', 'for programs')
  .action(async (options: SpeedOptions) => (await import('./speed.js')).speed(options));

program
  .command('peers')
  .description('the engine and PyTorch at the same work, in turns')
  .option('--quick', 'at 128 pixels instead of 256 and 512')
  .option('--json', 'for programs')
  .action(async (options: PeersOptions) => (await import('./peers.js')).peers(options));

program
  .command('quality')
  .summary('style distance and likeness of a picture')
  .description(
    'How far a picture is from the style of its painting (0 is the painting itself), and how much of the photo is left in it (1 is the photo itself). Without pictures, six of our own are painted and judged.',
  )
  .argument('[content]', 'the photo')
  .argument('[style]', 'the painting')
  .argument('[picture]', 'what came out')
  .option('--network <name>', 'what network paints them', 'auto')
  .addOption(optionFor('size'))
  .addOption(optionFor('quality'))
  .addOption(optionFor('seed'))
  .action(
    async (
      content: string | undefined,
      style: string | undefined,
      picture: string | undefined,
      options: QualityOptions,
      command: Command,
    ) => {
      const files =
        content !== undefined && style !== undefined && picture !== undefined
          ? { content, style, picture }
          : undefined;
      if (content !== undefined && files === undefined)
        command.error('it takes a photo, a painting and a picture, or none of them');
      return (await import('./quality.js')).quality(files, options);
    },
  );

program
  .command('row')
  .description('time and memory of many pictures in a row in one worker')
  .option('--pictures <number>', 'how many', wholeNumber, 10)
  .option('--size <pixels>', 'longest side', wholeNumber, 512)
  .action(async (options: RowOptions) => (await import('./row.js')).row(options));

program
  .command('strength')
  .description('how much of the photo is left at every strength, pair by pair')
  .option('--pairs <number>', 'how many of the twenty pairs', wholeNumber, 12)
  .option('--size <pixels>', 'longest side', wholeNumber, 256)
  .option('--network <name>', 'that paints', 'auto')
  .addOption(listOption('--strengths <numbers>', 'at which', [10, 30, 50, 75, 100]))
  .action(async (options: StrengthOptions) => (await import('./strength.js')).strength(options));

program
  .command('faces')
  .description('what becomes of faces in portraits, with the mask and without')
  .argument('[photos...]', 'files (default: the portraits of test/portraits)')
  .option('--quick', 'two styles, and nothing mirrored')
  .option('--size <pixels>', 'longest side', wholeNumber, 320)
  .action(async (photos: readonly string[], options: FacesOptions) =>
    (await import('./faces.js')).faces(photos, options),
  );

program
  .command('queue')
  .summary('how fast requests are admitted and claimed behind a long line')
  .description(
    'How fast requests are admitted and claimed, behind a line of many others. The floor is what the disk takes to make one row durable, measured in turns with the others.',
  )
  .addOption(
    new Option('--engine <names>', 'a cluster of PostgreSQL is made for it, and removed')
      .default(['sqlite', 'postgres'], 'sqlite,postgres')
      .argParser(engines),
  )
  .addOption(listOption('--waiting <numbers>', 'how many wait', [1000, 100_000, 1_000_000]))
  .option('--deferred <number>', 'how many of them are put off, at the front', wholeNumber, 0)
  .addOption(
    listOption(
      '--workers <numbers>',
      'processes that claim at the same time from a long line; "none" for none',
      [1, 4, 16],
    ).argParser((text) => (text === 'none' ? [] : wholeNumbers(text))),
  )
  .option('--samples <number>', 'how often each is measured', wholeNumber, 1000)
  .addOption(
    new Option(
      '--folder <folder>',
      "on the disk that is to be measured, for SQLite; PostgreSQL's is in TMPDIR",
    ).default(tmpdir(), 'TMPDIR'),
  )
  .option('--json', 'for programs')
  .action(async (options: QueueOptions) => (await import('./queue.js')).queue(options));

// After the commands, which would take it over: their errors need no list.
program.showHelpAfterError();

function listOption(flags: string, description: string, usual: readonly number[]): Option {
  return new Option(flags, description).default(usual, usual.join()).argParser(wholeNumbers);
}

function wholeNumbers(text: string): readonly number[] {
  return text.split(',').map(wholeNumber);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It takes whole numbers.');
  return Number(text);
}

function engines(text: string): QueueOptions['engine'] {
  return text.split(',').map((name) => {
    if (name !== 'sqlite' && name !== 'postgres')
      throw new InvalidArgumentError('It takes sqlite, postgres, or both with a comma.');
    return name;
  });
}
