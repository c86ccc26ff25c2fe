#!/usr/bin/env bash
# Grades a damage mask on photos it never learned from, fetched by fetch-photos.sh. Usage: grade-damage-mask.sh PHOTOS [MODEL]
set -euo pipefail

photos="${1:?the folder that fetch-photos.sh filled}"
here="$(dirname "${BASH_SOURCE[0]}")"
model="${2:-$here/../services/processing/src/main/resources/models/damage-mask.onnx}"
exec "$here/train.sh" GradeMaskMain "$photos" "$model"
