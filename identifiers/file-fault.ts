// Why a partner's file cannot be read or hashed: a stable code, a sentence and a hint, never a person's value.

export type FileFaultCode =
  | 'file_empty'
  | 'encoding_invalid'
  | 'quote_unclosed'
  | 'record_too_long'
  | 'header_invalid'
  | 'column_missing'
  | 'column_unknown'
  | 'column_duplicate';

export interface FileFaultDetail {
  readonly hint?: string;
  /** 1-based number of the data row, where one is at fault. */
  readonly row?: number;
  readonly field?: string;
}

export class FileFault extends Error {
  readonly code: FileFaultCode;
  readonly detail: FileFaultDetail;

  constructor(code: FileFaultCode, message: string, detail: FileFaultDetail = {}) {
    super(message);
    this.name = 'FileFault';
    this.code = code;
    this.detail = detail;
  }
}
