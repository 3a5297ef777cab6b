import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { unpickle } from '../../../src/networks/unpickle.js';
import {
  emptyDictionary,
  emptyList,
  entries,
  float,
  list,
  named,
  none,
  persistent,
  pickle,
  reduce,
  text,
  tuple,
  whole,
  yes,
  type Code,
} from '../../support/pytorch-file.js';

const surroundings = {
  functions: new Map([['there.twice', ([x]: readonly unknown[]) => [x, x]]]),
  persistent: (id: unknown) => ({ id }),
};
const read = (...code: readonly Code[]) => unpickle(pickle(...code), surroundings).value;

/** Values with the code that makes them. */
const anything: fc.Arbitrary<readonly [unknown, Code]> = fc.letrec<{
  value: readonly [unknown, Code];
}>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant([null, none] as const),
    fc.constant([true, yes] as const),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((x) => [x, whole(x)] as const),
    fc.double({ noNaN: true }).map((x) => [x, float(x)] as const),
    fc.string({ unit: 'grapheme' }).map((x) => [x, text(x)] as const),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 4 }), fc.boolean())
      .map(
        ([items, isTuple]) =>
          [
            items.map(([value]) => value),
            (isTuple ? tuple : list)(...items.map(([, code]) => code)),
          ] as const,
      ),
    fc
      .array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 })
      .map(
        (items) =>
          [
            new Map(items.map(([key, [value]]) => [key, value])),
            [
              ...emptyDictionary,
              ...entries(...items.map(([key, [, code]]) => [text(key), code] as const)),
            ],
          ] as const,
      ),
  ),
})).value;

describe('unpickling', () => {
  it('gives back every value that was pickled, and where it ended', () => {
    fc.assert(
      fc.property(anything, fc.uint8Array(), ([value, code], rest) => {
        const bytes = pickle(code);
        const read = unpickle(Uint8Array.from([...bytes, ...rest]), surroundings);
        expect(read.value).toEqual(value);
        expect(read.end).toBe(bytes.length);
      }),
    );
  });

  it('calls what it is given, and asks for what lies outside', () => {
    expect(read(named('there', 'twice'), tuple(whole(7)), reduce)).toEqual([7, 7]);
    expect(read(tuple(text('storage'), whole(3)), persistent)).toEqual({ id: ['storage', 3] });
  });

  it('recalls what it has seen before', () => {
    const memoized = [...text('x'), 0x71, 0]; // BINPUT 0
    expect(read(tuple(memoized, [0x68, 0]))).toEqual(['x', 'x']); // BINGET 0
  });

  it.each<readonly [string, readonly Code[]]>([
    ['os.system', [named('os', 'system'), tuple(text('touch /tmp/owned')), reduce]],
    ['posix.system', [named('posix', 'system'), tuple(text('id')), reduce]],
    ['builtins.eval', [named('builtins', 'eval'), tuple(text('1')), reduce]],
    ['a method of what is allowed', [named('there', 'twice.constructor'), tuple(), reduce]],
    ['what every object has', [named('there', '__proto__')]],
    ['nothing at all', [named('', ''), tuple(), reduce]],
  ])('does not even look up %s', (_, code) => {
    expect(() => read(...code)).toThrow('the pickle wants');
  });

  it('calls no value but a function, whatever it looks like', () => {
    for (const value of [text('there.twice'), whole(1), none, list(), emptyDictionary])
      expect(() => read(value, tuple(), reduce)).toThrow('calls what may not be called');
    expect(() => read(named('there', 'twice'), none, reduce)).toThrow('may not be called');
  });

  it.each([
    ['INST', 0x69],
    ['OBJ', 0x6f],
    ['NEWOBJ', 0x81],
    ['NEWOBJ_EX', 0x92],
    ['STACK_GLOBAL', 0x93],
    ['EXT1', 0x82],
    ['DICT', 0x64],
    ['LONG4', 0x8b],
    ['BINBYTES', 0x42],
    ['PERSID', 0x50],
  ])('knows no %s', (_, opcode) => {
    expect(() => read(text('os'), text('system'), [opcode])).toThrow('not allowed');
  });

  it('changes no value but dictionaries and lists, and gives nothing attributes', () => {
    const build: Code = [0x62];
    const length = [emptyDictionary, entries([text('length'), whole(2 ** 31 - 1)]), build];
    expect(() => read(emptyList, ...length)).toThrow('changes what is no dictionary');
    expect(() => read(named('there', 'twice'), ...length)).toThrow('changes');
    const attributes = [emptyDictionary, entries([text('size'), whole(9)]), build];
    expect(read(emptyDictionary, ...attributes)).toEqual(new Map());
    expect(() => read(emptyList, entries([text('length'), whole(9)]))).toThrow('no dictionary');
    expect(() => read(emptyDictionary, whole(1), [0x61])).toThrow('no list');
  });

  it('puts keys like __proto__ into its dictionaries, where they are only keys', () => {
    const value = read(
      emptyDictionary,
      entries([text('__proto__'), list()], [text('constructor'), none]),
    );
    expect(value).toEqual(
      new Map<string, unknown>([
        ['__proto__', []],
        ['constructor', null],
      ]),
    );
    expect(({} as Record<string, unknown>)[0]).toBeUndefined();
  });

  it('says so when values, marks or bytes are missing', () => {
    expect(() => read([0x85])).toThrow('not there');
    expect(() => read([0x74])).toThrow('mark');
    expect(() => read([0x68, 9])).toThrow('recalls');
    expect(() => read(emptyDictionary, [0x28], whole(1), [0x75])).toThrow('no dictionary');
    const whole4 = pickle(text('a text'));
    for (let length = 0; length < whole4.length; length++)
      expect(() => unpickle(whole4.subarray(0, length), surroundings)).toThrow('too early');
  });

  it('believes no size that is larger than the file', () => {
    expect(() => read([0x58, 0xff, 0xff, 0xff, 0xff])).toThrow('too early');
  });

  it('ends with an error or a value for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(unpickle(bytes, surroundings).end).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
