/** Pages without a script: text in, safe HTML out. The style is a file of its own, so that the policy needs no exception. */

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

export interface Html {
  readonly html: string
}

const toHtml = (value: string | Html | Html[]): string => {
  if (typeof value === "string") return value.replace(/[&<>"']/g, (letter) => escapes[letter] ?? "")
  return Array.isArray(value) ? value.map(({ html: part }) => part).join("") : value.html
}

/** Whatever is put in is escaped, unless it came from here. */
export const html = (strings: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html => ({
  html: String.raw({ raw: strings }, ...values.map(toHtml)),
})

/** `` `code` `` in a sentence becomes code. */
export const prose = (text: string): Html[] =>
  text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))

export const STYLE_PATH = "/docs/style.css"

export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
}

export const page = (title: string, body: Html): string =>
  `<!doctype html>
${
  html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title}</title>
      <link rel="stylesheet" href="${STYLE_PATH}" />
    </head>
    <body>
      ${body}
    </body>
  </html>`.html
}
`

export const style = `:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 15%, Canvas); --soft: color-mix(in srgb, CanvasText 5%, Canvas); }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { margin: 1.8rem 0 0.3rem; }
code { font: 0.9em ui-monospace, monospace; background: var(--soft); padding: 0.1em 0.3em; border-radius: 4px; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; font-size: 0.92rem; }
td, th { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem 0.35rem 0; border-top: 1px solid var(--line); }
nav { columns: 2; } nav a { display: block; text-decoration: none; } section { scroll-margin-top: 1rem; }
@media (max-width: 40rem) { nav { columns: 1; } table { display: block; overflow-x: auto; } }
`
