#!/usr/bin/env bash
# Runs a program of this module on photos fetched by fetch-photos.sh. Usage: train.sh PROGRAM PHOTOS MODEL [STEPS SEED …]
set -euo pipefail

program="$1"
photos="$(realpath "$2")"
model="$(realpath -m "$3")"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mvn -B -q -Dspotless.skip -Ptrain -pl training compile dependency:build-classpath -Dmdep.outputFile=target/classpath

# PyTorch's convolutions are wrong with AVX-512 on some processors; the program checks before it starts.
export ONEDNN_MAX_CPU_ISA="${ONEDNN_MAX_CPU_ISA:-AVX2}"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"
# Threads that wait by turning in circles take the processor from each other as soon as anything else runs.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
# Not on the command line: ONNX Runtime dies of long ones.
export CLASSPATH="training/target/classes:$(cat training/target/classpath)"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g --enable-native-access=ALL-UNNAMED \
  -Dai.djl.offline=true -Dai.djl.pytorch.num_threads="$OMP_NUM_THREADS" \
  "dev.rekindle.training.$program" "$photos" "$model" "${@:4}"
