#!/usr/bin/env bash
# Grades damage masks on photos they never learned from, fetched by fetch-photos.sh: those that ship, each and together as the
# engine uses them, or one or two others. Usage: grade-damage-mask.sh PHOTOS [MODEL [MODEL]]
set -euo pipefail

photos="${1:?the folder that fetch-photos.sh filled}"
here="$(dirname "${BASH_SOURCE[0]}")"
shipped="$here/../services/processing/src/main/resources/models"
first="${2:-$shipped/damage-mask.onnx}"
second="${3:-}"
[ $# -gt 1 ] || second="$shipped/damage-mask-cracks.onnx"
exec "$here/train.sh" GradeMaskMain "$photos" "$first" ${second:+"$(realpath "$second")"}
