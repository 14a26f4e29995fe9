// Objects in a bucket: each row an id and its change, in the form that every place for files shares. Pure.
import { dropFileOf, dropRules } from '../file-drop/payload.ts';
import type { Batch, BatchRules } from '../kit/batches.ts';
import type { S3Settings } from './settings.ts';

export const batchRules = (settings: S3Settings): BatchRules => dropRules(settings);

export const fileOf = (batch: Batch, settings: S3Settings): Buffer[] => dropFileOf(batch, settings);
