// The repository as the rules about the whole see it: its files, their syntax trees, and what each imports.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  /** The top folder, which is a part of the architecture; the file's own name at the root. */
  readonly part: string;
  readonly text: string;
  readonly ast: ts.SourceFile;
  /** Nobody but tests may import it. */
  readonly isTest: boolean;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  /** The repository's file that is meant; undefined for packages. */
  readonly file: string | undefined;
  /** The package's name, or `node:` of a built-in module; undefined for files. */
  readonly packageName: string | undefined;
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', '.git', 'ecluse-data']);
const UNREAD_FOLDERS = new Set(['generated', 'testdata', 'fixtures']);

/** Tests, and what only tests stand on. */
const TEST_FILES = /\.test\.tsx?$|\/testing\/|-fixture\.ts$|\/test-[a-z-]+\.ts$|\/conformance(-[a-z]+)?\.ts$/;

/** Every file that is not ignored, by its path. */
export function listPaths(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : listPaths(path);
    return entry.isFile() ? [relative(ROOT, path)] : [];
  });
}

/** The TypeScript that people write: neither generated files nor fixtures. */
export function readSourceFiles(): SourceFile[] {
  return listPaths()
    .filter((path) => /\.tsx?$/.test(path) && !path.split('/').some((name) => UNREAD_FOLDERS.has(name)))
    .sort()
    .map(readSourceFile);
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const isTest = path.startsWith('test/') || TEST_FILES.test(path);
  return { path, part: path.split('/')[0]!, text, ast, isTest, imports: importsOf(path, ast) };
}

/** Calls `visit` for every node of a tree, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function lineOf(file: SourceFile, node: ts.Node): number {
  return file.ast.getLineAndCharacterOfPosition(node.getStart(file.ast)).line + 1;
}

// Static and dynamic imports, re-exports, createRequire(…)('…'), and any text that names a file from here, as in new URL('./…'): that
// is how workers and what is loaded late are reached.
function importsOf(path: string, ast: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  walk(ast, (node) => {
    const specifier = specifierOf(node) ?? findNamedFile(path, node);
    if (specifier !== undefined) imports.push(importOf(path, specifier));
  });
  return imports;
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literalOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literalOf(node.argument.literal);
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const isImport = callee.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = callee.getText() === 'require' || /^createRequire\(/.test(callee.getText());
  return isImport || isRequire ? literalOf(node.arguments[0]) : undefined;
}

function literalOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function findNamedFile(path: string, node: ts.Node): string | undefined {
  if (!ts.isStringLiteralLike(node) || !/^[\w./-]+\.tsx?$/.test(node.text)) return undefined;
  const specifier = node.text.startsWith('.') ? node.text : `./${node.text}`;
  return exists(join(dirname(path), specifier)) ? specifier : undefined;
}

function importOf(path: string, specifier: string): Import {
  if (specifier.startsWith('.')) {
    const file = normalize(join(dirname(path), specifier));
    return { specifier, file, packageName: undefined };
  }
  const [scope, name] = specifier.split('/');
  const packageName = specifier.startsWith('node:') ? 'node:' : scope!.startsWith('@') ? `${scope}/${name}` : scope;
  return { specifier, file: undefined, packageName };
}

export function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}
