#!/usr/bin/env python3
"""compare.py DIR [ROUNDS]: each benchmark of Rowgate beside its peers in the same run, over the binlogs that workload.sh wrote into DIR.

Prints Markdown tables. Peers take turns with Rowgate, round by round (7 unless told); figures are medians of the processor time that a
process and its threads take in user mode, all of them on one processor. Builds what it needs; Lua 5.4, mariadb-binlog and tests/setup.sh
must be there.
"""
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
MYSQL97 = Path(os.environ.get("ROWGATE_TEST_SERVERS", REPOSITORY / "target/test-servers")) / "mysql97"


class Run:
    """What one process took, and what it printed."""

    def __init__(self, command):
        process = subprocess.Popen(["taskset", "-c", "1", *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.bytes_printed, last = 0, b""
        while chunk := process.stdout.read(1 << 20):
            self.bytes_printed += len(chunk)
            last = (last + chunk)[-4096:]
        problem = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{command} ended with {status}: {problem.decode(errors='replace')[-2000:]}")
        self.user_s, self.system_s, self.resident_mib = usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024
        self.printed = last.decode(errors="replace")

    def json(self):
        return json.loads(self.printed.splitlines()[-1])


def build():
    """The programs of both workspaces, by name."""
    programs = {}
    for arguments in (["--bin", "rowgate", "--bench", "decode", "--bench", "mapping", "--bench", "rules"], ["--manifest-path", "benches/peers/Cargo.toml", "--target-dir", TARGET / "peers"]):
        command = ["cargo", "build", "--release", "--locked", "--message-format=json-render-diagnostics", *map(str, arguments)]
        built = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True, text=True).stdout
        for line in map(json.loads, built.splitlines()):
            if line.get("executable"):
                programs[line["target"]["name"]] = line["executable"]
    return programs


def in_turns(commands, rounds):
    """The runs of each command, one of each in every round."""
    runs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(Run(command))
    return runs


def median(runs, figure):
    return statistics.median(figure(run) for run in runs)


def table(title, head, rows):
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    sys.stdout.flush()


def decoding(programs, directory, rounds):
    """Every column of every image, with checksums on Rowgate's side."""
    mysqlbinlog = [REPOSITORY / "tests/servers/mysql97.sh", "run", MYSQL97, "usr/bin/mysqlbinlog", "--no-defaults", "-vv"]
    for name, printer, command in (
        ("maria", "`mariadb-binlog -vv`", ["mariadb-binlog", "--no-defaults", "-vv"]),
        ("mysql97", "`mysqlbinlog -vv` 9.7", mysqlbinlog),
    ):
        file = directory / f"{name}.binlog"
        connector = "mysql-binlog-connector-rust 0.3.3"
        runs = in_turns(
            {"Rowgate": [programs["decode"], "--once", file], connector: [programs["peers"], file], printer: [*command, file]}, rounds
        )
        counts = runs["Rowgate"][0].json()
        ours = median(runs["Rowgate"], lambda run: run.user_s)
        if runs[connector][0].json()["row_events"] != counts["row_events"]:
            sys.exit(f"{connector} reads {runs[connector][0].printed} of {counts}")
        rows = []
        for reader, own in runs.items():
            user_s = median(own, lambda run: run.user_s)
            system_s = median(own, lambda run: run.system_s)
            per_row = user_s / counts["row_events"] * 1e9
            rows.append([reader, f"{user_s:.3f}", f"{system_s:.3f}", f"{per_row:.0f}", f"{user_s / ours:.1f}"])
        title = f"Decoding `{file.name}`: {counts['row_events']:,} row events, {counts['images']:,} images, {counts['bytes']:,} bytes"
        table(title, ["reader", "user s", "system s", "ns a row event", "ratio"], rows)


def cells(programs, directory):
    """The sums over all cells against those of the servers."""
    for name in ("maria", "mysql97"):
        decoded = Run([programs["decode"], "--cells", directory / f"{name}.binlog"]).printed
        if decoded != (directory / f"{name}.cells").read_text():
            sys.exit(f"{name}: the cells add up to\n{decoded}and on the server to\n{(directory / f'{name}.cells').read_text()}")
        print(f"\n`{name}.binlog`: the sum over all cells equals the server's, {len(decoded.splitlines())} tables.")


def rule(programs, rounds):
    """The seed's rule, once a row."""
    lua = ["lua5.4", REPOSITORY / "benches/peers/rule.lua"]
    runs = in_turns({"Rowgate": [programs["mapping"]], "Lua 5.4": lua}, rounds)
    many = median(runs["Rowgate"], lambda run: run.json()["ns_per_row"])
    one = median(runs["Rowgate"], lambda run: run.json()["ns_for_one_row"])
    rows = [["Rowgate", f"{many:.1f}", "1.0"]]
    for name, figure in (("Lua 5.4, each row handed over as a table", "ns_per_row_made"), ("Lua 5.4, rows that are tables already", "ns_per_row")):
        theirs = median(runs["Lua 5.4"], lambda run: run.json()[figure])
        rows.append([name, f"{theirs:.1f}", f"{theirs / many:.1f}"])
    table(f"The seed's rule on 8,192 rows; one row alone takes Rowgate {one / 1000:.2f} µs", ["host", "ns a row", "ratio"], rows)


def rules(programs, rounds):
    """Twenty typical rules, each once a row; both must take the same rows."""
    lua = ["lua5.4", REPOSITORY / "benches/peers/rules.lua"]
    runs = in_turns({"Rowgate": [programs["rules"]], "Lua 5.4": lua}, rounds)
    told = {name: [{line["rule"]: line for line in map(json.loads, run.printed.splitlines())} for run in own] for name, own in runs.items()}
    rows = []
    for name, first in told["Rowgate"][0].items():
        if "refused" in first:
            rows.append([f"`{name}`", "refused", "", "", ""])
            continue
        if first["kept"] != told["Lua 5.4"][0][name]["kept"]:
            sys.exit(f"{name}: Rowgate takes {first['kept']} rows, Lua {told['Lua 5.4'][0][name]['kept']}")
        ours = statistics.median(run[name]["ns_per_row"] for run in told["Rowgate"])
        ready, made = (statistics.median(run[name][figure] for run in told["Lua 5.4"]) for figure in ("ns_per_row", "ns_per_row_made"))
        rows.append([f"`{name}`", f"{ours:.1f}", f"{made:.0f}", f"{ready:.0f}", f"{made / ours:.1f}"])
    head = ["rule", "Rowgate, ns a row", "Lua 5.4, each row handed over as a table", "Lua 5.4, rows that are tables already", "ratio to the former"]
    table("Twenty rules of `benches/rules/rules.sql` on 8,192 rows", head, rows)


def preview(programs, directory, rounds):
    """The whole capture through the seed's rule, against one CRC32 over the file in memory."""
    rows = []
    for name in ("maria", "mysql97"):
        file = directory / f"{name}.binlog"
        summary = [programs["rowgate"], "preview", REPOSITORY / "queries/fintax_task", "--from", file, "--summary"]
        runs = in_turns({"preview": summary, "crc32": [programs["decode"], file]}, rounds)
        crc_s = min(run.json()["crc32_seconds"] for run in runs["crc32"])
        all_s = median(runs["preview"], lambda run: run.user_s + run.system_s)
        resident = max(run.resident_mib for run in runs["preview"])
        rows.append([f"`{file.name}`", f"{all_s:.3f}", f"{crc_s * 1e3:.1f}", f"{all_s / crc_s:.1f}", f"{resident:.0f}"])
    table(
        "`rowgate preview queries/fintax_task --summary`",
        ["capture", "user + system s", "one CRC32 in memory, ms", "ratio", "MiB resident at most"],
        rows,
    )


def main():
    directory = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    programs = build()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True).stdout.strip()
    print(f"commit {commit}, {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {rounds} rounds")
    cells(programs, directory)
    decoding(programs, directory, rounds)
    rule(programs, rounds)
    rules(programs, rounds)
    preview(programs, directory, rounds)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
