# Shared by the scripts beside it.

# has_gl says whether the OpenGL backend can be built here.
has_gl() {
	[ "${CGO_ENABLED:-1}" = 1 ] || return 1
	case "$(go env GOOS)" in
	linux) command -v "$(go env CC)" >/dev/null && pkg-config --exists gl 2>/dev/null ;;
	windows) command -v "$(go env CC)" >/dev/null ;;
	*) return 1 ;;
	esac
}

# loud prints a message that is hard to miss.
loud() {
	printf '\n' >&2
	printf '!!! %s\n' "$@" >&2
	printf '\n' >&2
}
