import { describe, expect, it } from 'vitest';
import { BudgetSpent } from '../../../../src/platforms/port.js';
import { ReadBudget } from '../../../../src/platforms/x/reads.js';
import { newPlace, queueAt } from '../../../support/queue.js';

const NOON = Date.parse('2026-11-24T12:00:00Z');

function budget(limit: number) {
  const clock = { now: NOON };
  const file = newPlace();
  const open = () => new ReadBudget(queueAt(file).ledger('x:here'), limit, () => clock.now);
  return { clock, reads: open(), open };
}

describe('the reads of a day', () => {
  it('are set aside before a question, and what was left over is given back', async () => {
    const { reads } = budget(100);
    const { settle } = await reads.reserve(30);
    expect(await reads.left()).toBe(70);
    await settle(4);
    expect(await reads.left()).toBe(96);
  });

  it('are never overrun: what might be one too many is not asked for, and it is said when there is more', async () => {
    const { reads } = budget(100);
    await reads.reserve(71);
    await expect(reads.reserve(30)).rejects.toThrow(BudgetSpent);
    expect(await reads.left()).toBe(29);
    try {
      await reads.reserve(30);
    } catch (error) {
      expect(error).toMatchObject({ retryAt: new Date('2026-11-25T00:00:00Z') });
    }
  });

  it('begin anew at midnight UTC; what was asked before belongs to the day before', async () => {
    const { reads, clock } = budget(100);
    const { settle } = await reads.reserve(100);
    clock.now = Date.parse('2026-11-25T00:00:00Z');
    expect(await reads.left()).toBe(100);
    await settle(10);
    expect(await reads.left()).toBe(100);
    clock.now = NOON;
    expect(await reads.left()).toBe(90);
  });

  it('that may be answered after midnight count for both days', async () => {
    const { reads, clock } = budget(100);
    clock.now = Date.parse('2026-11-24T23:59:30Z');
    const { settle } = await reads.reserve(60);
    await expect(reads.reserve(41)).rejects.toThrow(BudgetSpent);
    clock.now = Date.parse('2026-11-25T00:00:10Z');
    expect(await reads.left()).toBe(40);
    await settle(50);
    expect(await reads.left()).toBe(50);
    await expect(reads.reserve(51), 'nor is the day overrun that has begun').rejects.toThrow(
      BudgetSpent,
    );
    clock.now = NOON;
    expect(await reads.left()).toBe(50);
  });

  it('are kept for others where that is asked for', async () => {
    const { reads } = budget(100);
    await expect(reads.reserve(81, 20)).rejects.toThrow(BudgetSpent);
    await reads.reserve(80, 20);
    await reads.reserve(20);
    expect(await reads.left()).toBe(0);
  });

  it('outlast a restart, and are shared by all processes', async () => {
    const { reads, open } = budget(100);
    await reads.reserve(60);
    const other = open();
    expect(await other.left()).toBe(40);
    await expect(other.reserve(41)).rejects.toThrow(BudgetSpent);
  });
});
