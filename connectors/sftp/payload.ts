// Files on a server: each row an id and its change, in the form that every place for files shares. Pure.
import { dropFileOf, dropRules } from '../file-drop/payload.ts';
import type { Batch, BatchRules } from '../kit/batches.ts';
import type { SftpSettings } from './settings.ts';

export const batchRules = (settings: SftpSettings): BatchRules => dropRules(settings);

export const fileOf = (batch: Batch, settings: SftpSettings): Buffer[] => dropFileOf(batch, settings);
