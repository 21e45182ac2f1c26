#!/usr/bin/env bash
# Does what a newcomer does: clones, runs the README's first two commands with npm 10.8, and looks for a signed delivery within a
# minute. Then takes Node 24 away, and expects one sentence.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
clone=$(mktemp -d)
out=$clone/start.out
relay=""
finish() {
  if [ -n "$relay" ]; then kill "$relay" 2>/dev/null || true; fi
  rm -rf "$clone"
}
trap finish EXIT
# A fenced block of a doc, by its name. (scripts/doc-blocks.ts needs Node 24.)
block() { sed -n "/^\`\`\`sh $2\$/,/^\`\`\`\$/{/^\`\`\`/d;p}" "$1"; }

git clone --quiet "$root" "$clone/posthorn"
cd "$clone/posthorn"
# The program itself: npx in between would keep signals to itself.
npm10=$(npx --yes --package=npm@10.8 which npm)
PATH="$(dirname "$npm10"):$PATH"
echo "npm $(npm --version)"
{ read -r install && read -r start; } < <(block README.md begin)
started=$(date +%s)
$install
echo "npm ci took $(($(date +%s) - started)) s"

PORT=0 $start >"$out" 2>&1 &
relay=$!
for _ in $(seq 1 120); do
  if grep -q "signature verifies" "$out"; then break; fi
  if ! kill -0 "$relay" 2>/dev/null; then break; fi
  sleep 0.5
done
cat "$out"
grep -q "signature verifies" "$out" || { echo "no signed delivery within a minute" >&2; exit 1; }

# SIGTERM to npm must reach the relay, and end it.
url=$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$out" | head -n 1)
kill "$relay"
wait "$relay" || true
relay=""
for _ in $(seq 1 50); do
  if ! curl -s -o /dev/null "$url/health"; then break; fi
  sleep 0.2
done
if curl -s -o /dev/null "$url/health"; then echo "the relay outlived npm" >&2; exit 1; fi

if [ "$(node -p 'parseInt(process.versions.node)')" -ge 24 ]; then
  echo "this machine's own Node is new enough: taking Node 24 away cannot be tried"
else
  rm -rf node_modules/node-linux-*
  if npm start >"$out" 2>&1; then echo "started without Node 24?" >&2; exit 1; fi
  cat "$out"
  [ "$(grep -c 'Posthorn needs Node 24' "$out")" = 1 ]
  if grep -q '^ *at ' "$out"; then echo "a stack trace" >&2; exit 1; fi
fi
