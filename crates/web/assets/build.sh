#!/usr/bin/env bash
# Rebuilds the committed assets in dist/. Only needed when something in src/ changes; needs Node.
set -euo pipefail
cd "$(dirname "$0")/src"
npm ci --no-audit --no-fund
node build.mjs
