#!/usr/bin/env bash
# Install the parsers that read the downloads back: raptor (Debian), riot (Maven Central), N3.js and jsonld.js (npm).
set -euo pipefail
cd "$(dirname "$0")"

packages=()
command -v rapper >/dev/null || packages+=(raptor2-utils)
command -v java >/dev/null || packages+=(default-jre-headless)
command -v mvn >/dev/null || packages+=(maven)
command -v npm >/dev/null || packages+=(nodejs npm)
if [ ${#packages[@]} -gt 0 ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

[ -d target/lib ] || mvn --quiet --batch-mode dependency:copy-dependencies
npm ci --silent --no-audit --no-fund
