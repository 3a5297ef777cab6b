import { parameterNames } from '../requests/parameters.js';
import { stylesOf } from '../requests/request.js';
import type { Render } from './renders/renders.js';

/** What is chosen in the form when it is shown; of a form that was refused, as it was sent. */
export interface Chosen {
  readonly settings: Readonly<Record<string, unknown>>;
  /** The number of one of our photos. */
  readonly sample?: string | undefined;
  /** The name of one of our paintings. */
  readonly style?: string | undefined;
  readonly description?: string | undefined;
  readonly effect?: string | undefined;
  readonly visibility?: string | undefined;
}

/** Nobody shall have to choose everything again for one thing that was wrong. */
export function chosenIn(fields: ReadonlyMap<string, readonly string[]>): Chosen {
  const said = (name: string) => fields.get(name)?.at(-1);
  return {
    settings: Object.fromEntries(parameterNames.map((name) => [name, said(name)])),
    sample: said('sample'),
    style: said('style'),
    description: said('description'),
    effect: said('effect'),
    visibility: said('visibility'),
  };
}

/** What an earlier picture was painted with, to be changed. */
export function chosenFor({ request }: Render): Chosen {
  const house = stylesOf(request).find(({ kind }) => kind === 'house');
  return {
    settings: request.settings,
    style: house?.kind === 'house' ? house.name : undefined,
  };
}
