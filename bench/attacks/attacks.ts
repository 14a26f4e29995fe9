// Every attack of the suite, in the order of the table.
import type { Attack } from './attack.ts';
import {
  averagingByReorder,
  averagingByRewrite,
  collaborationsAveraged,
  dummyConditions,
} from './scripts/averaging.ts';
import { cellIsolation } from './scripts/cell-isolation.ts';
import { complement } from './scripts/complement.ts';
import { exceptDifferencing } from './scripts/except-differencing.ts';
import { intervalOracle } from './scripts/interval-oracle.ts';
import { dateShift, numberShift } from './scripts/range-shift.ts';
import { queryAfterErasure, reuploadMinusOne, reuploadPlusOne } from './scripts/reload.ts';
import { roundingEdge } from './scripts/rounding-edge.ts';
import { suppressionOracle } from './scripts/suppression-oracle.ts';

export const ATTACKS: readonly Attack[] = [
  roundingEdge,
  exceptDifferencing,
  complement,
  numberShift,
  dateShift,
  cellIsolation,
  suppressionOracle,
  intervalOracle,
  reuploadPlusOne,
  reuploadMinusOne,
  queryAfterErasure,
  averagingByRewrite,
  averagingByReorder,
  dummyConditions,
  collaborationsAveraged,
];
