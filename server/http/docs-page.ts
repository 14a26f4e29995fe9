// The documentation page, written from the contract: plain HTML without a script, a font or any request to elsewhere.
import type { ContractDocument, RawOperation } from './contract.ts';

export function docsPage(contract: ContractDocument): string {
  const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.operationId !== undefined)
      .map(([method, operation]) => ({ method, path, operation })),
  );
  const sections = (contract.tags ?? []).map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags?.[0] === tag.name);
    return `<section id="${html(tag.name)}"><h2>${html(tag.name)}</h2><p>${html(tag.description ?? '')}</p>${own.map(operationHtml).join('')}</section>`;
  });
  const schemas = Object.entries(contract.components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${html(name)}"><summary>${html(name)}</summary><pre>${html(JSON.stringify(schema, null, 2))}</pre></details>`,
  );
  const navigation = (contract.tags ?? []).map(({ name }) => `<a href="#${html(name)}">${html(name)}</a>`).join(' ');
  const { title, version, description } = contract.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${html(title)} API</title><style>${STYLE}</style></head><body><header><h1>${html(title)} API ${html(version)}</h1>
<p>${html(description ?? '')}</p><nav>${navigation} <a href="/v1/openapi.json">openapi.json</a></nav></header>
<main>${sections.join('')}<section><h2>Schemas</h2>${schemas.join('')}</section></main></body></html>`;
}

function operationHtml({ method, path, operation }: { method: string; path: string; operation: RawOperation }): string {
  const body =
    operation.requestBody === undefined
      ? ''
      : `<h4>Body</h4><pre>${html(JSON.stringify(operation.requestBody, null, 2))}</pre>`;
  const answers = Object.entries(operation.responses).map(
    ([status, answer]) => `<h4>${html(status)}</h4><pre>${html(JSON.stringify(answer, null, 2))}</pre>`,
  );
  const parameters = operation.parameters?.length
    ? `<h4>Parameters</h4><pre>${html(JSON.stringify(operation.parameters, null, 2))}</pre>`
    : '';
  return `<details id="${html(operation.operationId)}"><summary><code class="${method}">${method.toUpperCase()}</code> <code>${html(path)}</code> ${html(operation.summary ?? '')}</summary>
<p>${html(operation.description ?? '')}</p><p>Permission <code>${html(operation['x-permission'] ?? '')}</code> · audit event <code>${html(operation['x-audit-event'] ?? '')}</code></p>${parameters}${body}${answers.join('')}</details>`;
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:auto;padding:1rem}
nav a{margin-right:.7rem}details{border-top:1px solid #8885;padding:.4rem 0}summary{cursor:pointer}pre{overflow:auto;font-size:.85rem}
code.get{color:#1769aa}code.post,code.put{color:#2e7d32}code.delete{color:#b3261e}@media(prefers-color-scheme:dark){code.get{color:#7cc4ff}code.post,code.put{color:#8bd690}code.delete{color:#ff9a92}}`;

function html(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
