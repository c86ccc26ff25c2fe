#!/usr/bin/env bash
# Fetches the Debian packages that the photos to learn from lie in, and unpacks each into a folder of its name.
# Debian 12 has the versions whose checksums the list names. Usage: fetch-photos.sh FOLDER
set -euo pipefail

folder="${1:?the folder to unpack into}"
list="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/src/main/resources/damage/photos.tsv"
mkdir -p "$folder"
cd "$folder"
grep -v '^#' "$list" | cut -f2 | sort -u | while read -r package; do
  apt-get download -qq "$package"
  dpkg-deb -x "$package"_*.deb "$package"
  rm "$package"_*.deb
done
