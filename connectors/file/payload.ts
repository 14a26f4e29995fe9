// Files in a folder: each row an id and its change, in the form that every place for files shares. Pure.
import { dropFileOf, dropRules } from '../file-drop/payload.ts';
import type { Batch, BatchRules } from '../kit/batches.ts';
import type { FileSettings } from './settings.ts';

export const batchRules = (settings: FileSettings): BatchRules => dropRules(settings);

export const fileOf = (batch: Batch, settings: FileSettings): Buffer[] => dropFileOf(batch, settings);
