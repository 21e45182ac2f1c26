#!/usr/bin/env bash
# Installs, checks, builds and tests the Zapier app. Its tools are heavy, have a lock file of their own and want Node 22 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
# Nothing here talks to Zapier.
export DISABLE_ZAPIER_ANALYTICS=1 NO_UPDATE_NOTIFIER=1
app=packages/zapier
on24() { node scripts/node.mjs "$@"; }
platform() { (cd "$app" && node ../../scripts/node.mjs node_modules/.bin/zapier-platform "$@"); }
step() { printf '\n== zapier: %s\n' "$*"; }

step "npm ci"
npm ci --prefix "$app"
step "format, lint, types"
on24 node_modules/prettier/bin/prettier.cjs --check --log-level=warn "$app"
on24 node_modules/eslint/bin/eslint.js --max-warnings=0 "$app"
on24 node_modules/typescript/bin/tsc --project "$app"
step "validate"
platform validate --without-style
step "the build that a push uploads, without the checks on Zapier's server"
platform build --skip-dep-install --skip-validation
step "tests"
on24 node_modules/vitest/vitest.mjs run --root "$app"
