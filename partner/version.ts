// The version shown by --version; version.test.ts keeps it equal to the package's.
export const VERSION = '0.1.0';
