#!/usr/bin/env bash
# Builds each process and lays its jars into target/image of its module, for the images of the Dockerfile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
processes=services/jobs,services/credits,services/events,services/processing,gateway
mvn -B -q -Dmaven.test.skip=true -Dspotless.skip -Dwerror=-Xlint:none -pl "$processes" -am \
  package dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/image
for module in ${processes//,/ }; do
  cp "$module"/target/*-0.1.0.jar "$module/target/image/"
done
