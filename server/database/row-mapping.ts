// Between a noun of the code (camelCase, parsed) and its row (snake_case, documents as JSON text): one rule for all stores.

export type Row = Record<string, string | number | null>;

export interface RowMapping<T> {
  toRow(value: T): Row;
  fromRow(row: Row): T;
}

/** `documents` are the fields kept as JSON. Anything else is text, a count or null. */
export function rowMapping<T extends object>(documents: readonly (keyof T & string)[] = []): RowMapping<T> {
  const isDocument = new Set<string>(documents);
  return {
    toRow(value) {
      const entries = Object.entries(value).map(([field, content]) => {
        const isJson = isDocument.has(field) && content !== null;
        return [columnOf(field), isJson ? JSON.stringify(content) : content];
      });
      return Object.fromEntries(entries) as Row;
    },
    fromRow(row) {
      const entries = Object.entries(row).map(([column, content]) => {
        const field = fieldOf(column);
        const isJson = isDocument.has(field) && content !== null;
        return [field, isJson ? JSON.parse(String(content)) : content];
      });
      return Object.fromEntries(entries) as T;
    },
  };
}

function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function fieldOf(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
