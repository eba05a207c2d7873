#!/bin/sh
# Copies nisba's data folder while the service runs, or when it does not:
#
#     deploy/backup.sh /var/lib/nisba /backup/nisba-2026-11-27
#
# The copy is what a power cut would have left at one moment: everything that was answered before the command began, and perhaps
# some of what came meanwhile. It is made as NEW-FOLDER.part, and has its name when it is whole. Needs sqlite3. Run it as the user of the service, or root.
set -eu
umask 077
[ $# = 2 ] || { echo "usage: backup.sh DATA-FOLDER NEW-FOLDER" >&2; exit 2; }
from=$1 to=${2%/}
part=$to.part
# fail WHY: says it, and that there is no backup.
fail() {
    echo "backup.sh: $1; no backup was made" >&2
    exit 1
}
[ -f "$from/nisba.sqlite" ] || fail "$from is no data folder of nisba"
[ ! -e "$to" ] || fail "$to is there already"
mkdir "$part" || fail "$part cannot be made; if it is left of a backup that was killed, remove it"
trap 'rm -rf "$part"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$part/bodies"

# Bodies never change and come before the row that names them; only a deletion removes one. Once before the database and once
# after it, so that the copy has each that its rows name.
bodies() {
    [ -d "$from/bodies" ] || return 0
    tar -C "$from/bodies" --exclude='*.part' --warning=no-file-removed --warning=no-file-changed -cf - . | tar -C "$part/bodies" --skip-old-files -xf -
}
# count TABLE: the rows of it.
count() {
    sqlite3 "$part/nisba.sqlite" "SELECT count(*) FROM $1"
}

# What the records follow must not be newer than the records.
for name in followed authorities ingest.json; do
    if [ -e "$from/$name" ]; then cp -a "$from/$name" "$part/"; fi
done
bodies
# One transaction of reading, which no writer makes begin anew, as it would `.backup`.
sqlite3 -readonly "$from/nisba.sqlite" "VACUUM INTO '$(printf %s "$part/nisba.sqlite" | sed "s/'/''/g")'" ||
    fail "the database in $from cannot be read to its end: it is damaged, or the disk of $to is full; sqlite3 says which above"
bodies

[ "$(sqlite3 "$part/nisba.sqlite" 'PRAGMA quick_check')" = ok ] || fail "the copy is damaged"
missing=$(sqlite3 "$part/nisba.sqlite" 'SELECT DISTINCT body_file FROM documents WHERE body_file IS NOT NULL' |
    while read -r name; do [ -e "$part/bodies/$name" ] || echo "$name"; done)
[ -z "$missing" ] || fail "bodies are missing, since documents were deleted meanwhile: run it again; the first is $(echo "$missing" | head -n 1)"
made="$(count documents) documents, $(count records) records"
sync
mv -T "$part" "$to"
trap - EXIT
echo "backed up: $made"
