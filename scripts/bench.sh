#!/usr/bin/env bash
# Runs cmd/bench with the OpenGL backend where it can be built. Arguments go to it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

if ! has_gl; then
	loud "No headers of OpenGL or no C compiler here: timing the CPU alone."
	export CGO_ENABLED=0
fi
if [ -z "${GLEARN_DATA:-}" ] && [ -d ../shared/data ]; then
	export GLEARN_DATA="$PWD/../shared/data"
fi
exec go run ./cmd/bench "$@"
