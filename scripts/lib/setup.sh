# What scripts need on a fresh machine, installed from Debian's packages where they may.

# as_root COMMAND…: runs it as root, or says that it cannot.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else return 1; fi
}

# need_program PROGRAM PACKAGE: makes sure that the program is there.
need_program() {
    if command -v "$1" >/dev/null || { [ "$1" = initdb ] && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }; then return; fi
    install_package "$1" "$2"
}

# need_file FILE PACKAGE: makes sure that the file is there.
need_file() {
    if [ -e "$1" ]; then return; fi
    install_package "$1" "$2"
}

install_package() {
    echo "installing $2 …"
    if ! command -v apt-get >/dev/null ||
        ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null; }; then
        echo "$1 is missing; install it (on Debian: apt-get install $2) and try again" >&2
        exit 1
    fi
}

need_build_tools() {
    if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
    if ! command -v cargo >/dev/null; then
        echo "cargo is missing; install Rust from https://rustup.rs and try again" >&2
        exit 1
    fi
    # SQLite, zstd and ring are built from C.
    need_program cc build-essential
}
