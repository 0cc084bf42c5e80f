#!/bin/sh
# Finds Java for the tests on Spark; installs it where it may. Never fails: it says what is left out and how to get it.
command -v java >/dev/null 2>&1 && exit 0
[ -x "${JAVA_HOME:-}/bin/java" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  (apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless) >/dev/null 2>&1 && exit 0
fi
echo "Không có Java 17 hoặc 21: bỏ qua các bài trên Spark. Cài bằng: apt-get install openjdk-17-jre-headless" >&2
exit 0
