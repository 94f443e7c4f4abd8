#!/usr/bin/env bash
# Installs what the tests need beside Rust: MariaDB (apt), a private MySQL 9.7 and a private MySQL 5.6. Does nothing twice.
# ROWGATE_TEST_SERVERS names the folder of the private ones (default: target/test-servers).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
servers=${ROWGATE_TEST_SERVERS:-$here/../target/test-servers}
export PATH=$PATH:/usr/sbin DEBIAN_FRONTEND=noninteractive
say() { echo "setup: $*"; }

missing=()
needs() { command -v "$1" >/dev/null || missing+=("$2"); }
# Not `mariadb-server`: that one starts a service of its own.
needs mariadbd mariadb-server-core
needs mariadb-admin mariadb-client
needs python3 python3
needs cc gcc
if [[ ! -x $servers/mysql56/package/server/mysqld ]]; then needs npm npm; fi
if (( ${#missing[@]} )); then
  as_root=()
  if (( $(id -u) != 0 )); then
    command -v sudo >/dev/null || { say "missing: ${missing[*]} · run this script once as root"; exit 1; }
    as_root=(sudo)
  fi
  say "apt-get install ${missing[*]}"
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}" >/dev/null
fi
say "MariaDB: $(mariadbd --version | grep -o 'Ver [^ ]*')"

if [[ ! -f $servers/mysql97/.complete ]]; then
  say "MySQL 9.7 into $servers/mysql97 (about 500 MB, half a minute)"
  "$here/servers/mysql97.sh" install "$servers/mysql97"
  touch "$servers/mysql97/.complete"
fi
say "MySQL 9.7: $("$here/servers/mysql97.sh" run "$servers/mysql97" usr/sbin/mysqld --no-defaults --version | grep -o 'Ver [^ ]*')"

if [[ ! -x $servers/mysql56/package/server/mysqld ]]; then
  say "MySQL 5.6 into $servers/mysql56 (about 90 MB)"
  "$here/servers/mysql56.sh" install "$servers/mysql56"
fi
say "MySQL 5.6: $(LD_LIBRARY_PATH=$servers/mysql56/package/server "$servers/mysql56/package/server/mysqld" --no-defaults --version 2>/dev/null | grep -o 'Ver [^ ]*')"
