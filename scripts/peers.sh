#!/usr/bin/env bash
# Times glearn beside PyTorch, GoMLX and OpenBLAS. Arguments go to ./peers.
# With INSTALL=1 it installs what Debian has of them first.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

if [ "${INSTALL:-}" = 1 ]; then
	scripts/setup.sh peers
fi
if [ -z "${GLEARN_DATA:-}" ] && [ -d ../shared/data ]; then
	export GLEARN_DATA="$PWD/../shared/data"
fi
exec go run ./peers "$@"
