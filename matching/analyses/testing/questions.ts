// Test fixture: one question of each kind and shape, for two-sided worlds and for overlaps.
import { parseSegment } from '../../segment-parser.ts';
import type { AnalysisQuestion, OverlapQuestion } from '../analysis.ts';
import { contributionId } from './world.ts';

const match = 'mat_00000000000000000000000001';
const crossing = parseSegment('c0.member AND c1.spend > 0 EXCEPT c1.activity = "hiking"');
const period = { from: '2025-03-02', to: '2025-03-04' };

export function overlapOf(contributions: number): OverlapQuestion {
  const ids = Array.from({ length: contributions }, (_, place) => contributionId(place));
  return { analysis: 'overlap', contributions: ids, byIdentifier: true };
}

const conversion = { analysis: 'conversion', match, exposures: 'left', purchases: 'right', windowDays: 1 } as const;
const attribution = {
  analysis: 'attribution',
  match,
  touches: 'left',
  channelAttribute: 'activity',
  purchases: 'right',
  windowDays: 2,
} as const;

export const TWO_SIDED: Readonly<Record<string, AnalysisQuestion>> = {
  'a segment of both sides': { analysis: 'segment-size', match, segment: crossing },
  'the matched by a declared category': {
    analysis: 'profile',
    match,
    breakdown: [{ source: 'c1', attribute: 'activity' }],
    index: false,
  },
  'the matched by an undeclared category, against the unmatched': {
    analysis: 'profile',
    match,
    breakdown: [
      { source: 'c0', attribute: 'city' },
      { source: 'c0', attribute: 'member' },
    ],
    index: true,
  },
  'a segment by bins of both sides, against the rest': {
    analysis: 'profile',
    match,
    segment: crossing,
    breakdown: [
      { source: 'c0', attribute: 'spend', bins: [0, 20] },
      { source: 'c1', attribute: 'born', bins: ['1980-01-01', '1990-01-01'] },
    ],
    index: true,
  },
  'a segment by chosen labels': {
    analysis: 'profile',
    match,
    segment: parseSegment('c0.member IS KNOWN'),
    breakdown: [{ source: 'c1', attribute: 'city', bins: ['Lyon', 'Nice'] }],
    index: false,
  },
  'reach and frequency': { analysis: 'reach-frequency', match, events: 'right', maxFrequency: 3 },
  'reach and frequency in a period': { analysis: 'reach-frequency', match, events: 'left', maxFrequency: 1, period },
  conversions: conversion,
  'revenue by group in a period': {
    ...conversion,
    exposures: 'right',
    purchases: 'left',
    revenueAttribute: 'spend',
    revenueClamp: 45,
    groupBy: { source: 'c0', attribute: 'city' },
    period,
  },
  'the last touch': { ...attribution, model: 'last-touch' },
  'the last touch in a period': { ...attribution, model: 'last-touch', period },
  'shared touches': { ...attribution, touches: 'right', purchases: 'left', windowDays: 6, model: 'linear' },
};
