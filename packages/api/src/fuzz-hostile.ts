import fc from "fast-check"

/** For tests only: what nobody should send. */

/** Part of much of it: where it is found later, a caller's words were let through. */
export const CANARY = "c4n4ry"
export const HINT_SECRET = "of-the-hints"

const texts = [
  "", " ", "\r\n", `\r\nx-injected: ${CANARY}`, `${CANARY}\n{"level":"error","fact":"forged"}`, "\u0000", `a\u0000${CANARY}`, "\ud800",
  `\udfff${CANARY}`, "\u2028\u2029", "\u001b[31m", "\ufeff", "__proto__", "constructor", "toString", "hasOwnProperty", "*", ",", ",,",
  "null", "NaN", "-1", "0", "1e999", "9".repeat(400), "0x10", "true", "[]", "{}", "../../etc/passwd", "..", "%00", "%2F", "%", "${jndi:ldap://x}",
  "' OR 1=1 --", "<script>alert(1)</script>", "👍".repeat(200), "a".repeat(5_000), "\u202etxt", "custom.", "custom.__proto__",
  "message.recieved", "+275760-09-13T00:00:00.000Z", "-271821-04-19T23:59:59.999Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z",
  "2026-02-30T00:00:00Z", "2026-11-14T23:47:21+99:99", "2026-11-14", "http://127.0.0.1/", "https://user:pass@example.com/",
  "https://example.com/\r\nx: y", "javascript:alert(1)", "file:///etc/passwd", "whsec_AA==", "whsec_", "start", "now",
] // prettier-ignore

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...texts), weight: 4 },
  { arbitrary: fc.string({ unit: "binary", maxLength: 30 }), weight: 1 },
)

const numbers = [0, -0, -1, 1.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 2 ** 63, Number.MAX_SAFE_INTEGER]

const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth)

/** Stands for what is nested deeper than `JSON.stringify` can go; `toJson` writes it. */
export const DEEP = "@@deep@@"
const deep = nested(20_000, "[", "]")
export const toJson = (value: unknown): string => JSON.stringify(value).replaceAll(JSON.stringify(DEEP), deep)

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: hostileText, weight: 3 },
  fc.constantFrom(...numbers),
  fc.constantFrom<unknown>(DEEP, { a: DEEP }, [DEEP]),
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], [{}]),
  fc.array(hostileText, { maxLength: 4 }),
  fc.dictionary(hostileText, hostileText, { maxKeys: 4 }),
  fc.constantFrom(
    ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'].map(
      (text) => JSON.parse(text) as unknown,
    ),
  ),
  fc.constantFrom(JSON.parse(nested(500, "[", "]")), JSON.parse(`${'{"a":'.repeat(500)}1${"}".repeat(500)}`)),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Texts for a body, some of which no `JSON.stringify` writes. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
  hostileValue.map(toJson),
  hostileText,
  fc.constantFrom(
    "{", "[", '{"a":1,}', '{"url":1e400}', '{"url":"https://a.example.com/","url":2}', "\ufeff{}", '{"a":"\\ud800"}', '{"__proto__":1}',
    
    '{"type":"custom.a","data":{"__proto__":{"polluted":1}}}', '{"url":"https://a.example.com/","metadata":{"__proto__":"x"}}',
    `{"type":"custom.a","data":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`,
    `{"type":"custom.a","data":{"a":${nested(30_000, "[", "]")}}}`,
    `{"url":"https://a.example.com/","filter":${nested(100_000, "[", "]")}}`,
    `{"url":"https://a.example.com/","filter":${'{"$or":['.repeat(10_000)}1${"]}".repeat(10_000)}}`,
    `{"url":"https://a.example.com/","metadata":${nested(100_000, "[", "]")}}`,
    `{"eventTypes":${nested(100_000, "[", "]")}}`, nested(120_000, "[", "]"), `{"a":`.repeat(40_000),
    `{"url":"https://a.example.com/","eventTypes":[${Array.from({ length: 20_000 }, () => '"x"').join()}]}`,
    `{${Array.from({ length: 10_000 }, (_, index) => `"f${String(index)}":1`).join()}}`,
    `"${"x".repeat(262_142)}"`, `"${"x".repeat(262_143)}"`,
  ),
) // prettier-ignore

/** Of a path, encoded as it is sent. */
export const hostilePathPart: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "%2F", "a%2Fb", "%00", "%", "%E0%A4%A", "%ff", "..%2f..%2fv1", "%2e%2e", "..", ".", ";a=b", "a".repeat(5_000), "%F0%9F%91%8D", "%0d%0aset-cookie:a",
    "%0a%7B%22level%22%3A%22error%22%7D", CANARY, `ep_${"0".repeat(22)}`, `evt_${"0".repeat(22)}`, `dlv_${"0".repeat(44)}`, "ep_", "null", "preview", "__proto__",
    "toString", "%25", "@@ep:0@@@@ep:1@@",
  ),
  hostileText.map((text) => encodeURIComponent(text.toWellFormed()) || "-"),
) // prettier-ignore
