#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that are missing.
#
#   scripts/setup.sh bench   to build and run the OpenGL backend
#   scripts/setup.sh test    the same, and what the tests need
#   scripts/setup.sh peers   what make peers compares with: PyTorch, OpenBLAS
#
# Uses root or sudo; without either it prints the command and goes on, and
# what needs the packages is then left out.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

# go-gl reads gl.pc through pkg-config; the rest is Mesa: EGL, GL and llvmpipe.
packages=(gcc libc6-dev pkg-config libgl-dev libegl-dev libegl1 libgl1 libgl1-mesa-dri libegl-mesa0)
if [ "${1:-bench}" = test ]; then
	packages+=(
		# GLFW's headers, and a display without a screen
		libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev libxkbcommon-dev
		xvfb xauth
		# the build for Windows
		gcc-mingw-w64-x86-64
		# reads the weights that we save
		python3-numpy
	)
fi

if [ "${1:-bench}" = peers ]; then
	packages=(gcc libc6-dev python3-torch python3-numpy libopenblas0-pthread libopenblas-dev)
fi

if ! command -v go >/dev/null; then
	loud "Go is not installed: https://go.dev/dl (1.26 or later)"
	exit 1
fi
if [ "$(uname -s)" != Linux ]; then
	echo "setup: nothing to install on $(uname -s)"
	exit 0
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	has_gl || loud "This is not Debian or Ubuntu. The OpenGL backend needs gcc, pkg-config," \
		"the headers of GL and EGL, and a driver with OpenGL 4.3. Going on with the CPU alone."
	exit 0
fi

missing=()
for p in "${packages[@]}"; do
	state=$(dpkg-query -W -f '${db:Status-Status} ' "$p" 2>/dev/null || true)
	case "$p" in
	# A compiler or pkg-config of another origin will do.
	gcc) command -v gcc >/dev/null && continue ;;
	pkg-config) command -v pkg-config >/dev/null && continue ;;
	gcc-mingw-w64-x86-64) command -v x86_64-w64-mingw32-gcc >/dev/null && continue ;;
	esac
	[[ " $state" == *" installed "* ]] || missing+=("$p")
done
if [ ${#missing[@]} -eq 0 ]; then
	echo "setup: nothing is missing"
	exit 0
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		as_root=(sudo)
	else
		loud "Missing: ${missing[*]}" "Install with:" \
			"  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" \
			"Going on without; OpenGL may be left out."
		exit 0
	fi
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || loud "apt-get update failed; trying to install all the same"
if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null; then
	loud "Could not install: ${missing[*]}" "Going on without; OpenGL may be left out."
fi
