import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Which room of the house may import from which. Two wings under one roof: the studio (graph, networks, style,
 * render) paints and knows no people; the front office (pictures, platforms, requests, queue, replies, sandbox, web) knows
 * people and never touches a tensor. Arrows point one way only; bot.ts, config.ts and the commands wire them.
 */
export const mayImport = {
  graph: [],
  networks: ['graph'],
  style: ['graph', 'networks'],
  render: ['graph', 'networks', 'style'],
  pictures: [],
  platforms: ['pictures'],
  requests: ['platforms'],
  queue: ['pictures', 'platforms', 'requests'],
  replies: ['pictures', 'platforms', 'requests', 'queue'],
  sandbox: [],
  web: ['pictures', 'platforms', 'requests', 'queue', 'replies'],
};

/** Subfolders of a room that others of its subfolders may use. */
const inner = { web: ['renders'] };

/** Leaves of the house that every room may use. */
const common = ['collection', 'log', 'metrics', 'paths', 'reason', 'together', 'version'];

const layers = Object.entries(mayImport).map(([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            // Another room is reached by ../room/file.js; its own files by ./file.js or, from a subfolder, ../file.js.
            regex: `^(\\.\\./)+(?!(${[room, ...allowed, ...(inner[room] ?? [])].join('|')})/)([a-z]+/|(bot|cli|config|start)\\.)`,
            message: `src/${room} may import only from: ${[...allowed, ...common].join(', ')} (see eslint.config.js)`,
          },
        ],
      },
    ],
  },
}));

export default defineConfig(
  { ignores: ['dist/', '.built-*/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/support/property.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'fast-check',
          message: 'Import fc from test/support/property.ts: it sets the seed.',
        },
      ],
    },
  },
  ...layers,
);
