// Pages of a pack: plain HTML that opens from a folder, prints on paper, loads nothing, and shows every text as text.

/** Markup that was made here; anything else is escaped. */
export interface Markup {
  readonly html: string;
}

/** `html\`<td>${value}</td>\``: values are escaped unless they are Markup; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return { html: parts.map((part, i) => part + (i < values.length ? textOf(values[i]) : '')).join('') };
}

export function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<nav><a href="index.html">Summary</a> <a href="events.html">Events</a> <a href="records.html">Records</a> <a href="policies.html">Policies</a></nav>
<h1>${title}</h1>
${body}
</body>
</html>
`.html;
}

export function table(heads: readonly string[], rows: readonly (readonly unknown[])[]): Markup {
  if (rows.length === 0) return html`<p>None.</p>`;
  const cells = (row: readonly unknown[]) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
  return html`<table>
<thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>
${rows.map(cells)}</tbody>
</table>
`;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join('');
  if (typeof value === 'object' && value !== null && 'html' in value) return String((value as Markup).html);
  return String(value ?? '').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; color: #1b1b1b; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ddd; }
td, pre { overflow-wrap: anywhere; } pre { white-space: pre-wrap; background: #f6f6f4; padding: .8rem; font-size: .85rem; }
code { font-size: .9em; } nav a { margin-right: 1rem; }
@page { size: A4; margin: 18mm; }
@media print { body { font-size: 10pt; max-width: none; margin: 0; padding: 0; } nav { display: none; } thead { display: table-header-group; } tr, h2 { break-inside: avoid; } h2 { break-after: avoid; } pre { background: none; border: 1px solid #ddd; } a { color: inherit; text-decoration: none; } }
`;
