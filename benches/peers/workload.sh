#!/usr/bin/env bash
# workload.sh DIR [INSERTS]: writes the benchmark's binlogs into DIR, maria.binlog and mysql97.binlog, and beside each what the server's tables
# add up to at its end, NAME.cells.
# 520,000 inserts (the default) are 1,016,763 row events, some 150 MB a file. Needs tests/setup.sh; some GB of DIR are used meanwhile.
set -euo pipefail
dir=$(realpath -m "${1:?a folder}") inserts=${2:-520000}
repository=$(cd "$(dirname "$0")/../.." && pwd)
servers=$repository/tests/servers
mysql97=${ROWGATE_TEST_SERVERS:-$repository/target/test-servers}/mysql97
mkdir -p "$dir"
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# record NAME FLAVOR SCRIPT [ROOT]: one server, the whole workload in one binlog file.
record() {
  local name=$1 flavor=$2 script=$3 data=$dir/$1.data; shift 3
  [[ -s $dir/$name.binlog && -s $dir/$name.cells ]] && { echo "$dir/$name.binlog is there"; return; }
  rm -rf "$data" "$data".*
  "$servers/$script" start "$@" "$data" "$(free_port)" --max-binlog-size=1G --sync-binlog=0 --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0
  "$servers/$script" client "$@" "$data" -e 'FLUSH BINARY LOGS'
  local file; file=$(tail -n 1 "$data/binlog.index")
  python3 "$servers/workload.py" --flavor "$flavor" --inserts "$inserts" | "$servers/$script" client "$@" "$data" --default-character-set=utf8mb4
  "$servers/$script" client "$@" "$data" -e 'FLUSH BINARY LOGS'
  "$servers/$script" client "$@" "$data" --batch --skip-column-names <"$repository/benches/peers/cells.sql" | sort >"$dir/$name.cells"
  cp "$data/${file#./}" "$dir/$name.binlog"
  "$servers/$script" stop "$@" "$data"
  rm -rf "$data" "$data".*
  ls -l "$dir/$name.binlog"
}
record maria maria mariadb.sh
record mysql97 mysql mysql97.sh "$mysql97"
