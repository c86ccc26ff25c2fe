#!/usr/bin/env bash
# Trains the damage mask on photos fetched by fetch-photos.sh. Usage: train-damage-mask.sh PHOTOS MODEL [STEPS] [SEED] [all|cracked]
set -euo pipefail

photos="${1:?the folder that fetch-photos.sh filled}"
model="${2:?the ONNX file to write}"
exec "$(dirname "${BASH_SOURCE[0]}")/train.sh" TrainMaskMain "$photos" "$model" "${3:-9000}" "${4:-7}" "${5:-all}"
