#!/usr/bin/env bash
#
# Starts a driver on a node of a Ray cluster, for 'ray job submit':
#
#   ray job submit --address http://HEAD:8265 -- /shared/lib/launcher.sh run --jar /shared/lib/mine.jar Mine
#
# It lies on the nodes, in a folder with the jars of Reprise, and finds the cluster's own ray_dist.jar. What
# names no engine runs on Ray. Its exit code is the driver's: with any but 0 the job has FAILED.
#
# Environment: LAUNCHER_CLASSPATH  class path (default: the jars beside this script)
#              LAUNCHER_MAIN       main class (default: dev.reprise.cli.Main; or yours, which calls Reprise.main)
#              REPRISE_STORE       folder of the results, reached by all nodes, as --store (likewise all settings)
#              RAY_JAR             ray_dist.jar (default: that of the node, else of the python which has ray)
#              JAVA_HOME, JAVA_OPTS

set -euo pipefail

# die WHAT NEXT
die() {
  printf 'launcher.sh on %s: %s\n  %s\n' "$(uname -n)" "$1" "$2" >&2
  exit 2
}

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null ||
  die "no $java" "install Java 17 or later on all nodes, or set JAVA_HOME: ray job submit --runtime-env-json '{\"env_vars\": {\"JAVA_HOME\": …}}'"

class_path=${LAUNCHER_CLASSPATH:-}
if [ -z "$class_path" ]; then
  compgen -G "$here/*.jar" >/dev/null ||
    die "there are no jars in $here" "copy there the files that 'reprise classpath' prints, or set LAUNCHER_CLASSPATH"
  class_path=$here/*
fi

# Prints the ray_dist.jar of the node that this job runs on: its raylet is an ancestor of this process, and lies in
# …/ray/core/src/ray/raylet. The python on the PATH need not be the one that has ray.
jar_of_node() {
  local pid=$$ exe
  while [ "${pid:-0}" -gt 1 ]; do
    exe=$(readlink "/proc/$pid/exe" 2>/dev/null || true)
    case $exe in */ray/core/src/ray/raylet/raylet) echo "${exe%/core/src/ray/raylet/raylet}/jars/ray_dist.jar" && return ;; esac
    pid=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status" 2>/dev/null || true)
  done
}

ray_jar=${RAY_JAR:-$(jar_of_node)}
for python in python3 python; do
  if [ -n "$ray_jar" ]; then break; fi
  if command -v "$python" >/dev/null; then
    ray_jar=$("$python" -c 'import importlib.util as u, os; print(os.path.join(os.path.dirname(u.find_spec("ray").origin), "jars", "ray_dist.jar"))' 2>/dev/null || true)
  fi
done
[ -f "$ray_jar" ] || die "no ray_dist.jar${ray_jar:+ at $ray_jar}" "set RAY_JAR to the cluster's own …/ray/jars/ray_dist.jar"

export LC_ALL=${LC_ALL:-C.UTF-8} REPRISE_EXECUTOR=${REPRISE_EXECUTOR:-ray}
# shellcheck disable=SC2086 # JAVA_OPTS is split on purpose
exec "$java" --add-opens=java.base/java.nio=ALL-UNNAMED -Dfile.encoding=UTF-8 "-Dreprise.ray.jar=$ray_jar" \
  ${JAVA_OPTS:-} -cp "$class_path" "${LAUNCHER_MAIN:-dev.reprise.cli.Main}" "$@"
