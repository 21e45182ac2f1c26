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

/** Of static/. */
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
