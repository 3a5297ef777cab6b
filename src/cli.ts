#!/usr/bin/env node
import { statSync } from 'node:fs';
import { Argument, Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { paintingNames } from './collection.js';
import { UsageError } from './commands/errors.js';
import { optionFor } from './commands/options.js';
import type { InitOptions } from './commands/init.js';
import type { RenderArguments } from './commands/render.js';
import { platforms, shares } from './commands/setup.js';
import { deviceChoices } from './graph/executor.js';
import { allStates, type State } from './queue/states.js';
import { reasonOf } from './reason.js';
import { outputEndings } from './render/endings.js';
import { parameterNames } from './requests/parameters.js';
import { version } from './version.js';

/*
 * The commands. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 *
 * Each is loaded when it is called: all together, with what they paint, speak and serve with, take a second, which nobody who asks
 * for another should wait.
 */

const load = {
  backup: () => import('./commands/backup.js'),
  block: () => import('./commands/block.js'),
  bot: () => import('./commands/bot.js'),
  demo: () => import('./commands/demo.js'),
  doctor: () => import('./commands/doctor.js'),
  gallery: () => import('./commands/gallery.js'),
  init: () => import('./commands/init.js'),
  keys: () => import('./commands/keys.js'),
  login: () => import('./commands/login.js'),
  migrate: () => import('./commands/migrate.js'),
  models: () => import('./commands/models.js'),
  queue: () => import('./commands/queue.js'),
  render: () => import('./commands/render.js'),
  stats: () => import('./commands/stats.js'),
};

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    // Who asks twice, in whatever way, does not want to wait.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort(new Error(name));
  });

// Whoever reads along may stop (`… | head`) and a disk may be full; neither may end a render in the middle of it.
process.stderr.on('error', () => undefined);
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE' || process.exitCode === 1) return;
  console.error(`pentimento: standard output cannot be written to (${code ?? 'no reason given'})`);
  process.exitCode = 1;
});

/** By these several machines are one bot; they are shown to who has a PostgreSQL for it (docs/scaling.md). */
const ofSeveral: readonly string[] = ['listen', 'work', 'migrate-to-postgres'];

/** Said after the help of those that share a queue. */
const sharing = `
Each has a data folder of its own, for what it is just doing; see docs/scaling.md.

Examples:
  DATABASE_URL=postgres://pentimento@db.example/pentimento pentimento listen
  DATABASE_URL=postgres://pentimento@db.example/pentimento PENTIMENTO_DATA=/var/tmp/painter pentimento work`;

const program = new Command('pentimento')
  .description('Repaints a photo in the style of a painting; as a command, or as a bot.')
  .version(version)
  .configureHelp({
    visibleCommands(command) {
      const all = new Help().visibleCommands(command);
      return process.env.DATABASE_URL ? all : all.filter((one) => !ofSeveral.includes(one.name()));
    },
  })
  .exitOverride()
  .configureOutput({ outputError: () => undefined }); // `exitCodeOf` says it, as it does all errors

const render = program
  .command('render')
  .description('paint one picture')
  .addOption(new Option('--content <photo>', 'the photo to repaint').argParser(fileName))
  .addOption(new Option('--subject <photo>', 'another name for --content').argParser(fileName))
  .addOption(
    new Option(
      '--style <painting>',
      'the painting whose style to use, or the name of one of ours; several are blended',
    ).argParser((file, sofar: readonly string[] | undefined) => [...(sofar ?? []), fileName(file)]),
  )
  .addOption(
    new Option(
      '--output <file>',
      `where to put it; ends in ${outputEndings} (default: "photo-painted.jpg" in the current folder; a file that is there is replaced)`,
    ).argParser(fileName),
  )
  .addOption(
    new Option(
      '--network <name>',
      'the network that paints; "pentimento models list" shows which there are (default: as the settings say)',
    ),
  )
  .addOption(new Option('--dream', 'a deep dream of the photo, without a painting'))
  .addOption(
    new Option('--variations', 'one sheet with several strengths and scales, to choose from'),
  )
  .addOption(
    new Option(
      '--device <device>',
      'what to compute on; auto is the best that works (default: as the settings say)',
    ).choices(deviceChoices),
  )
  .addHelpText(
    'after',
    // Read only when it is shown: no other command needs them.
    () => `
Our own paintings, for --style: ${paintingNames().join(', ')}

Examples:
  pentimento render --content photo.jpg --style painting.jpg
  pentimento render --subject photo.jpg --style a.jpg --style b.jpg --blend 70,30 --output blend.png
  pentimento render --content photo.jpg --style lighthouse --size large --colors keep
  pentimento render --content photo.jpg --dream --strength 80`,
  );
for (const name of parameterNames) render.addOption(optionFor(name));
render.action(async (options: RenderOptions) => {
  const given = requireOptions(options);
  await (await load.render()).renderCommand(given, interrupted.signal);
});

program
  .command('bot')
  .description('listen for mentions and answer them; without an account, in a sandbox of its own')
  .action(async () => (await load.bot()).botCommand('bot', interrupted.signal));

program
  .command('listen')
  .description(
    'listen, answer and serve the page, for workers on one PostgreSQL; of several, one does',
  )
  .addHelpText('after', sharing)
  .action(async () => (await load.bot()).botCommand('listen', interrupted.signal));

program
  .command('work')
  .description('paint what waits in a queue in PostgreSQL; as many as there are machines')
  .addHelpText('after', sharing)
  .action(async () => (await load.bot()).botCommand('work', interrupted.signal));

program
  .command('init')
  .description('ask a few questions and write the settings; without a terminal, by these options')
  .option('--platform <name>', `where people mention the bot: ${platforms.join(', ')}`)
  .option('--server <server>', 'of its account on Mastodon')
  .option('--share <share>', `how much of this machine is for painting: ${shares.join(', ')}`)
  .option('--data <folder>', 'where the database and the pictures lie')
  .option('--address <address>', 'where its web page is, and its health')
  .option('--yes', 'ask nothing: what no option says is as usual')
  .option('--force', 'replace settings that are there')
  .addHelpText(
    'after',
    `
It writes config/local.yaml and .env, which only their owner may read. Secrets are no options, since other people on the
machine could read them there: they are asked for, or taken from the environment (see .env.example).

Examples:
  pentimento init
  pentimento init --yes                     a sandbox to try it in
  pentimento init --platform mastodon --server mastodon.example --data /var/lib/pentimento`,
  )
  .action(async (options: InitOptions) =>
    (await load.init()).initCommand(options, interrupted.signal),
  );

program
  .command('demo')
  .description('show the whole way of a mention: ask the bot in a sandbox and wait for its answer')
  .action(async () => (await load.demo()).demoCommand(interrupted.signal));

const models = program
  .command('models')
  .description('the networks that paint: see which are here, and fetch others')
  .addHelpText(
    'after',
    `
Examples:
  pentimento models list
  pentimento models pull vgg19-distilled
  pentimento models pull vgg19 --from vgg19_weights.h5  a file that is here already
  pentimento render --network vgg19 --content photo.jpg --style painting.jpg`,
  );
models
  .command('list')
  .description('one line for each network, and which one paints')
  .action(async () => (await load.models()).modelsList());
models
  .command('pull')
  .description('fetch a network; goes on where it was interrupted')
  .argument('<name>', 'as "pentimento models list" shows it')
  .addOption(
    new Option('--from <file>', 'take this file instead, if it is the right one').argParser(
      fileName,
    ),
  )
  .action(async (name: string, options: { readonly from?: string }) =>
    (await load.models()).modelsPull(name, options, interrupted.signal),
  );
models
  .command('verify')
  .description('read what has been fetched, and say whether it is what it should be')
  .argument('[name]', 'this one only')
  .action(async (name?: string) => (await load.models()).modelsVerify(name));
models
  .command('remove')
  .description('delete what has been fetched')
  .argument('<name>', 'as "pentimento models list" shows it')
  .action(async (name: string) => (await load.models()).modelsRemove(name));

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
  .action(async (options: { readonly state: State | 'pending'; readonly limit: number }) =>
    (await load.queue()).queueList(options),
  );
for (const [name, description, act] of [
  ['show', 'everything about one request', 'queueShow'],
  ['retry', 'try again at once what waits, failed or was cancelled', 'queueRetry'],
  ['cancel', 'end a request without an answer', 'queueCancel'],
] as const)
  queue
    .command(name)
    .description(description)
    .argument('<id>', 'the number in the list', wholeNumber)
    .action(async (id: number) => (await load.queue())[act](id));
queue
  .command('pause')
  .description('paint nothing new; mentions come in and answers go out')
  .action(async () => (await load.queue()).queuePause(true));
queue
  .command('resume')
  .description('go on painting')
  .action(async () => (await load.queue()).queuePause(false));

const gallery = program
  .command('gallery')
  .description('see what hangs in the gallery of the page, and take it down');
gallery
  .command('list')
  .description('one line for each picture, newest first')
  .addOption(
    new Option('--limit <number>', 'not more than this').default(50).argParser(wholeNumber),
  )
  .action(async (options: { readonly limit: number }) =>
    (await load.gallery()).galleryList(options),
  );
gallery
  .command('remove')
  .description('take a picture down; whoever asked for it still has it')
  .argument('<id>', 'the number in the list, and in the address of the picture', wholeNumber)
  .action(async (id: number) => (await load.gallery()).galleryRemove(id));

const keys = program
  .command('keys')
  .description('keys by which programs ask for pictures; see docs/api.md')
  .addHelpText(
    'after',
    `
Examples:
  pentimento keys create "photo booth"
  pentimento keys create newsroom --weight 2  twice the share that others have
  pentimento keys revoke 1f0c5a9b3d7e`,
  );
keys
  .command('create')
  .description('make one; it is shown once')
  .argument('<name>', 'what you call it')
  .addOption(
    new Option('--weight <number>', 'its share, where others have 1').default(1).argParser(share),
  )
  .action(async (name: string, options: { readonly weight: number }) =>
    (await load.keys()).keysCreate(name, options),
  );
keys
  .command('list')
  .description('one line for each, without the key itself')
  .action(async () => (await load.keys()).keysList());
keys
  .command('revoke')
  .description('from now on it opens nothing')
  .argument('<id>', 'as "pentimento keys list" shows it')
  .action(async (id: string) => (await load.keys()).keysRevoke(id));

program
  .command('login')
  .description('give the bot an account; it may have several')
  .addArgument(new Argument('<network>', 'of the account').choices(['mastodon', 'x']))
  .argument('[server]', 'mastodon.example; X has only one')
  .option('--oauth2', 'on X, sign in with OAuth 2.0 (client id) instead of 1.0a (app key)')
  .addHelpText(
    'after',
    `
X takes the keys of an application of yours, in the environment or in a file .env: X_APP_KEY and X_APP_SECRET, or for
--oauth2 X_CLIENT_ID and X_CLIENT_SECRET. docs/x.md tells where they are from, and what X charges.

Examples:
  pentimento login mastodon mastodon.example
  pentimento login x`,
  )
  .action((network: 'mastodon' | 'x', server: string | undefined, options: LoginOptions) =>
    login(network, server, options),
  );
program
  .command('logout')
  .description('give an account back')
  .argument(
    '[account]',
    'pentimento@mastodon.example or pentimento@x.com; without it, the only one',
  )
  .action(async (account?: string) => (await load.login()).logoutCommand(account));

program
  .command('block')
  .description(
    'ignore an account or a whole domain, and take down what hangs of theirs; without one, list who is ignored',
  )
  .argument('[who]', 'ada@example.social or example.social')
  .action(async (who?: string) => (await load.block()).blockCommand(who));
program
  .command('unblock')
  .description('answer an account or a domain again')
  .argument('<who>', 'as "pentimento block" lists it')
  .action(async (who: string) => (await load.block()).unblockCommand(who));

program
  .command('stats')
  .description('what the bot has done, and how long people waited')
  .action(async () => (await load.stats()).statsCommand());
program
  .command('backup')
  .description('save the queue, also while the bot runs')
  .argument('<file>', 'a new file')
  .action(async (file: string) => (await load.backup()).backupCommand(file));
program
  .command('migrate-to-postgres')
  .description('move the queue and the accounts from the data folder to PostgreSQL')
  .addHelpText(
    'after',
    `
The bot must not be running. Where to is named by DATABASE_URL, in the environment or in a file .env: an empty database. Either
everything is there afterward, each row compared with what it was, or nothing; what is interrupted can simply be begun again.

Examples:
  DATABASE_URL=postgres://pentimento@db.example/pentimento pentimento migrate-to-postgres`,
  )
  .action(async () => (await load.migrate()).migrateCommand(interrupted.signal));
program
  .command('doctor')
  .description('look at everything that the bot needs, and say what is wrong')
  .action(async () => (await load.doctor()).doctorCommand());

interface LoginOptions {
  readonly oauth2?: boolean;
}

async function login(
  network: 'mastodon' | 'x',
  server: string | undefined,
  { oauth2 = false }: LoginOptions,
): Promise<void> {
  if (network === 'x') {
    if (server !== undefined) throw new UsageError('X has only one server; leave it out');
    const { loginXCommand } = await load.login();
    return loginXCommand(oauth2 ? 'oauth2' : 'oauth1', interrupted.signal);
  }
  if (server === undefined) throw new UsageError('say on which server, as in mastodon.example');
  if (oauth2) throw new UsageError('--oauth2 is for X; Mastodon knows nothing else');
  return (await load.login()).loginCommand(server, interrupted.signal);
}

/** What commander makes of the options of `render`: those without a default may be missing. */
type RenderOptions = Omit<RenderArguments, 'content' | 'style'> &
  Partial<Pick<RenderArguments, 'content' | 'style'>> & { readonly subject?: string };

/** Not commander's mandatory options: it would name only the first, and a misspelled one not at all. */
function requireOptions({ subject, ...options }: RenderOptions): RenderArguments {
  const { content = subject, style = [], dream } = options;
  const missing = [
    ...(content === undefined ? ['--content (or --subject)'] : []),
    ...(style.length === 0 && !dream ? ['--style'] : []),
  ];
  if (content === undefined || missing.length > 0)
    throw new UsageError(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`);
  if (options.content !== undefined && subject !== undefined)
    throw new UsageError('--content and --subject are two names for one thing; give one');
  return { ...options, content, style };
}

function fileName(text: string): string {
  if (text === '') throw new InvalidArgumentError('It takes the name of a file.');
  return text;
}

function share(text: string): number {
  const weight = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (!(weight > 0 && weight <= 1000))
    throw new InvalidArgumentError('It takes a number above 0, up to 1000.');
  return weight;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

try {
  // What the environment has already stays. A folder of this name is somebody else's (Python's, mostly).
  if (statSync('.env', { throwIfNoEntry: false })?.isFile()) process.loadEnvFile();
  await program.parseAsync();
} catch (error) {
  process.exitCode ??= exitCodeOf(error);
}

/** Says what went wrong, in one sentence, and gives the exit code. */
function exitCodeOf(error: unknown): number {
  if (interrupted.signal.aborted) {
    console.error('interrupted');
    return 130;
  }
  // Commander throws when it has shown the help, too: with 0 if that was asked for.
  if (error instanceof CommanderError && /^commander\.(help|version)/.test(error.code))
    return error.exitCode === 0 ? 0 : 2;
  const message = reasonOf(error);
  const isUsage = error instanceof UsageError || error instanceof CommanderError;
  console.error(`pentimento: ${isUsage ? usageSentence(message) : message}`);
  return isUsage ? 2 : 1;
}

/** Commander's errors come as "error: …", with a suggestion in a second line. */
function usageSentence(message: string): string {
  const sentence = message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?');
  return `${sentence} (--help shows what is possible)`;
}
