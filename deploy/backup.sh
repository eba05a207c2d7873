#!/bin/sh
# Copies nisba's data folder while the service runs, or when it does not:
#
#     deploy/backup.sh /var/lib/nisba /backup/nisba-2026-11-27
#
# The copy is what a power cut would have left at one moment: everything that was answered before the command began, and perhaps
# some of what came meanwhile. Needs sqlite3. Run it as the user of the service, or root.
set -eu
umask 077
[ $# = 2 ] || { echo "usage: backup.sh DATA-FOLDER NEW-FOLDER" >&2; exit 2; }
from=$1 to=$2
[ -f "$from/nisba.sqlite" ] || { echo "backup.sh: $from is no data folder of nisba" >&2; exit 1; }
mkdir "$to" "$to/bodies"

# Bodies never change and come before the row that names them; only a deletion removes one. Once before the database and once
# after it, so that the copy has each that its rows name.
bodies() {
    [ -d "$from/bodies" ] || return 0
    tar -C "$from/bodies" --exclude='*.part' --warning=no-file-removed --warning=no-file-changed -cf - . | tar -C "$to/bodies" --skip-old-files -xf -
}

# What the records follow must not be newer than the records.
for name in followed authorities ingest.json; do
    if [ -e "$from/$name" ]; then cp -a "$from/$name" "$to/"; fi
done
bodies
# One transaction of reading, which no writer makes begin anew, as it would `.backup`.
sqlite3 -readonly "$from/nisba.sqlite" "VACUUM INTO '$(printf %s "$to/nisba.sqlite" | sed "s/'/''/g")'"
bodies

[ "$(sqlite3 "$to/nisba.sqlite" 'PRAGMA quick_check')" = ok ] || { echo "backup.sh: the copy is damaged" >&2; exit 1; }
missing=$(sqlite3 "$to/nisba.sqlite" 'SELECT DISTINCT body_file FROM documents WHERE body_file IS NOT NULL' |
    while read -r name; do [ -e "$to/bodies/$name" ] || echo "$name"; done)
[ -z "$missing" ] || { echo "backup.sh: bodies are missing, since documents were deleted meanwhile; run it again:" "$missing" >&2; exit 1; }
sync
echo "backed up: $(sqlite3 "$to/nisba.sqlite" 'SELECT count(*) FROM documents') documents, $(sqlite3 "$to/nisba.sqlite" 'SELECT count(*) FROM records') records"
