// Every attack of the suite, in the order of the table.
import type { Attack } from './attack.ts';
import { audienceDifference } from './scripts/audience-difference.ts';
import {
  averagingByReorder,
  averagingByRewrite,
  collaborationsAveraged,
  dummyConditions,
} from './scripts/averaging.ts';
import { budgetRace } from './scripts/budget-race.ts';
import { cellIsolation } from './scripts/cell-isolation.ts';
import { complement } from './scripts/complement.ts';
import { crashRedraw } from './scripts/crash-redraw.ts';
import { dryRunOracle } from './scripts/dry-run-oracle.ts';
import { erasureOracle } from './scripts/erasure-oracle.ts';
import { exceptDifferencing } from './scripts/except-differencing.ts';
import { identifierExchange } from './scripts/identifier-exchange.ts';
import { intervalOracle } from './scripts/interval-oracle.ts';
import { linearReconstruction } from './scripts/linear-reconstruction.ts';
import { matchRateSearch } from './scripts/match-rate-search.ts';
import { paddedList } from './scripts/padded-list.ts';
import { dateShift, numberShift } from './scripts/range-shift.ts';
import { refusalOracle } from './scripts/refusal-oracle.ts';
import { queryAfterErasure, reuploadMinusOne, reuploadPlusOne } from './scripts/reload.ts';
import { remainderOracle } from './scripts/remainder-oracle.ts';
import { removalOracle } from './scripts/removal-oracle.ts';
import { roundingEdge } from './scripts/rounding-edge.ts';
import { suppressionOracle } from './scripts/suppression-oracle.ts';
export const ATTACKS: readonly Attack[] = [
  paddedList,
  roundingEdge,
  identifierExchange,
  matchRateSearch,
  exceptDifferencing,
  complement,
  numberShift,
  dateShift,
  cellIsolation,
  suppressionOracle,
  intervalOracle,
  remainderOracle,
  refusalOracle,
  linearReconstruction,
  reuploadPlusOne,
  reuploadMinusOne,
  queryAfterErasure,
  averagingByRewrite,
  averagingByReorder,
  dummyConditions,
  collaborationsAveraged,
  budgetRace,
  crashRedraw,
  audienceDifference,
  dryRunOracle,
  removalOracle,
  erasureOracle,
];
