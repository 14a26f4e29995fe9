// Google's JSON is closed: a name that a message does not have is refused, whatever else is right.
import { isObject } from './answers.ts';

/** Fields of a message: `text`, `flag`, `number`, the values of an enum, or another message; in a list of one for repeated. */
export interface Shape {
  readonly [field: string]: ShapeType | readonly [ShapeType];
}
type ShapeType = 'text' | 'flag' | 'number' | ReadonlySet<string> | Shape;

export interface ShapeFault {
  /** As Google writes it: names in snake case. */
  readonly field: string;
  readonly description: string;
}

export function shapeFault(value: unknown, shape: Shape, at = ''): ShapeFault | undefined {
  if (!isObject(value)) return { field: at, description: 'Proto field is not repeating, or not a message.' };
  for (const [name, part] of Object.entries(value)) {
    const field = at === '' ? snake(name) : `${at}.${snake(name)}`;
    const type = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (type === undefined) {
      const description = `Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`;
      return { field: at, description };
    }
    const fault = isList(type) ? listFault(part, type[0], field) : typeFault(part, type, field);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function listFault(value: unknown, type: ShapeType, at: string): ShapeFault | undefined {
  if (!Array.isArray(value)) return { field: at, description: 'Proto field is repeating.' };
  for (const [index, part] of value.entries()) {
    const fault = typeFault(part, type, `${at}[${index}]`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function typeFault(value: unknown, type: ShapeType, at: string): ShapeFault | undefined {
  if (type instanceof Set) {
    return type.has(value as string) ? undefined : { field: at, description: 'Invalid value at enum.' };
  }
  if (typeof type === 'object') return shapeFault(value, type as Shape, at);
  const name = { text: 'string', flag: 'boolean', number: 'number' }[type as 'text' | 'flag' | 'number'];
  return typeof value === name ? undefined : { field: at, description: `Invalid value, not a ${name}.` };
}

const isList = (type: ShapeType | readonly [ShapeType]): type is readonly [ShapeType] => Array.isArray(type);

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
