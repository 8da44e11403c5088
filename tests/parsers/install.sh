#!/usr/bin/env bash
# Install the parsers that read the downloads back: raptor (Debian), riot (in Fuseki's file), N3.js and jsonld.js (npm).
set -euo pipefail
cd "$(dirname "$0")"

packages=()
command -v rapper >/dev/null || packages+=(raptor2-utils)
command -v npm >/dev/null || packages+=(nodejs npm)
if [ ${#packages[@]} -gt 0 ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

python3 ../support/stores/install.py fuseki
npm ci --silent
