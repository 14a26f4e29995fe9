// Requests and answers held against the contract. The validator compiles the path of every operation for every request to find the
// one that is meant; the gate has found it already, so each is looked up once and remembered.
import { createRequire } from 'node:module';
import type { Request, RequestHandler } from 'express';
import * as OpenApiValidator from 'express-openapi-validator';
import type { ContractDocument } from './contract.ts';
import { findNamedOperation } from './request-context.ts';

/** What the validator's first layer leaves for those behind it. */
interface Described {
  readonly openApiRoute: string;
  readonly pathParams: Readonly<Record<string, string>>;
}

type DescribedRequest = Request & { openapi?: Described };

/**
 * The validator hands Ajv the whole contract with each operation's schemas, for references to be found in, and Ajv walks through all of it
 * in search of ids, which the contract has none of: three times when an operation is asked for the first time, and everybody else waits.
 */
function walkPastContract(): void {
  const fromValidator = createRequire(createRequire(import.meta.url).resolve('express-openapi-validator'));
  const traverse = createRequire(fromValidator.resolve('ajv'))('json-schema-traverse') as Traverse;
  Object.assign(traverse.skipKeywords, { paths: true, components: true });
}

interface Traverse {
  /** Words of a schema that the walk does not enter. */
  readonly skipKeywords: Record<string, boolean>;
}

export function contractValidation(contract: ContractDocument): RequestHandler[] {
  walkPastContract();
  const layers = OpenApiValidator.middleware({
    apiSpec: contract as never,
    validateApiSpec: false,
    validateSecurity: false,
    validateRequests: { allowUnknownQueryParameters: false },
    validateResponses: true,
    ignoreUndocumented: false,
  }) as unknown as RequestHandler[];
  const lookUp = layers.findIndex(({ name }) => name === 'metadataMiddleware');
  const layer = layers[lookUp];
  if (layer === undefined) throw new Error('the validator has no layer that finds the operation');
  return layers.with(lookUp, remembering(layer));
}

function remembering(lookUp: RequestHandler): RequestHandler {
  const known = new Map<string, Described>();
  return (request: DescribedRequest, response, next) => {
    const named = findNamedOperation(request);
    const described = named && known.get(named.id);
    if (named === undefined || described === undefined) {
      return lookUp(request, response, (error?: unknown) => {
        // Another reading of the path than the gate's is asked for again each time.
        const { openapi } = request;
        if (openapi !== undefined && openapi.openApiRoute === named?.path) known.set(named.id, openapi);
        next(error);
      });
    }
    // The validator may turn the text of a parameter into its type, in the one object that both names lead to.
    request.params = { ...named.params };
    request.openapi = { ...described, pathParams: request.params as Record<string, string> };
    next();
  };
}
