// The library of criteria: the attributes that a segment may use, each with its kind, title and place in the taxonomy.

export type CriterionKind = 'boolean' | 'category' | 'number' | 'date';
export type CriterionOrigin = 'first-party' | 'second-party' | 'third-party';

export interface Criterion {
  /** The name that segments use for the contribution or dataset, such as `osec`. */
  readonly alias: string;
  readonly attribute: string;
  readonly kind: CriterionKind;
  /** A short phrase that reads well in a sentence: "bought a raincoat", "rents hiking gear", "activity". */
  readonly title: string;
  /** The title in other languages, where someone wrote one. */
  readonly titles?: Readonly<Partial<Record<'en' | 'fr', string>>>;
  /** A path of names separated by slashes, such as `purchase/raincoat/last`. */
  readonly taxonomy: string;
  readonly origin: CriterionOrigin;
  /** The declared categories; absent when any category is possible. */
  readonly categories?: readonly string[];
}

/** A branch of the taxonomy: its own criteria first, then its branches, both in alphabetical order. */
export interface CriteriaBranch {
  readonly name: string;
  readonly path: string;
  readonly criteria: readonly Criterion[];
  readonly branches: readonly CriteriaBranch[];
}

/** `alias.attribute`, the name by which a segment's text says a criterion. */
export function criterionName(criterion: { readonly alias: string; readonly attribute: string }): string {
  return `${criterion.alias}.${criterion.attribute}`;
}

export function findCriterion(
  criteria: readonly Criterion[],
  named: { readonly source: string; readonly attribute: string },
): Criterion | undefined {
  return criteria.find(({ alias, attribute }) => alias === named.source && attribute === named.attribute);
}

/** A title for an attribute that nobody gave one: `last_raincoat` reads "last raincoat". */
export function titleOfAttribute(attribute: string): string {
  const words = attribute.replace(/[_-]+/g, ' ').replace(/\s+/g, ' ').trim();
  return words === '' ? attribute : words;
}

/** The library as a tree. A criterion sits in the branch of its whole path but the last name, which is the criterion itself. */
export function criteriaTree(criteria: readonly Criterion[]): CriteriaBranch {
  const root = emptyBranch('', '');
  for (const criterion of criteria) {
    let branch = root;
    for (const name of pathOf(criterion).slice(0, -1)) {
      const path = branch.path === '' ? name : `${branch.path}/${name}`;
      const next = branch.branches.get(name) ?? emptyBranch(name, path);
      branch.branches.set(name, next);
      branch = next;
    }
    branch.criteria.push(criterion);
  }
  return sealed(root);
}

interface OpenBranch {
  readonly name: string;
  readonly path: string;
  readonly criteria: Criterion[];
  readonly branches: Map<string, OpenBranch>;
}

function emptyBranch(name: string, path: string): OpenBranch {
  return { name, path, criteria: [], branches: new Map() };
}

function pathOf(criterion: Criterion): string[] {
  const path = criterion.taxonomy.split('/').filter((name) => name !== '');
  return path.length === 0 ? [criterion.attribute] : path;
}

function sealed(branch: OpenBranch): CriteriaBranch {
  return {
    name: branch.name,
    path: branch.path,
    criteria: branch.criteria.toSorted(
      (one, other) => compareText(one.title, other.title) || compareText(criterionName(one), criterionName(other)),
    ),
    branches: [...branch.branches.values()].sort((one, other) => compareText(one.name, other.name)).map(sealed),
  };
}

/** By code unit, so that the order is the same on every machine. */
function compareText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
