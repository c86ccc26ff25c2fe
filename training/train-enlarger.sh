#!/usr/bin/env bash
# Trains the network that enlarges on photos fetched by fetch-photos.sh. Usage: train-enlarger.sh PHOTOS MODEL [STEPS] [SEED]
set -euo pipefail

photos="${1:?the folder that fetch-photos.sh filled}"
model="${2:?the ONNX file to write}"
exec "$(dirname "${BASH_SOURCE[0]}")/train.sh" TrainEnlargerMain "$photos" "$model" "${3:-5000}" "${4:-7}"
