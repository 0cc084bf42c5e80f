#!/bin/sh
# Finds Debian's PostgreSQL for the tests on a server of the user's own; installs it where it may. Never fails: it says what is left out.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  # The tests make a server of their own: no cluster of the system's is wanted.
  mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/giamngheo.conf
  (apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql) >/dev/null 2>&1 && exit 0
fi
echo "Không có PostgreSQL của Debian: bỏ qua bài nâng cấp từ bản cũ; các bài với DATABASE_URL chạy trên PostgreSQL kèm theo. Cài bằng: apt-get install postgresql" >&2
exit 0
