#!/usr/bin/env bash
# watch.sh FOLDER COMMAND…: runs COMMAND until standard input closes, then ends it and removes FOLDER.
# The first line it prints is the process id of COMMAND. The test process holds the other end of that pipe, so its server goes when it goes, however it dies.
folder=${1:?folder}; shift
"$@" </dev/null >>"$folder/server.log" 2>&1 &
server=$!
echo "$server"
while read -r _; do :; done
kill -KILL "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$folder"
