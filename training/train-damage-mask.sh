#!/usr/bin/env bash
# Trains the damage mask on photos fetched by fetch-photos.sh. Usage: train-damage-mask.sh PHOTOS MODEL [STEPS] [SEED]
set -euo pipefail

photos="$(realpath "${1:?the folder that fetch-photos.sh filled}")"
model="$(realpath -m "${2:?the ONNX file to write}")"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mvn -B -q -Dspotless.skip -Ptrain -pl training compile dependency:build-classpath -Dmdep.outputFile=target/classpath

# PyTorch's convolutions are wrong with AVX-512 on some processors; the program checks before it starts.
export ONEDNN_MAX_CPU_ISA="${ONEDNN_MAX_CPU_ISA:-AVX2}"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g --enable-native-access=ALL-UNNAMED \
  -Dai.djl.offline=true -Dai.djl.pytorch.num_threads="$OMP_NUM_THREADS" \
  -cp "training/target/classes:$(cat training/target/classpath)" \
  dev.rekindle.training.TrainMaskMain "$photos" "$model" "${3:-2000}" "${4:-7}"
