#!/usr/bin/env python3
"""capture.py --rowgate PROGRAM [--inserts N] [--rounds N] [--servers maria,mysql97]: copies all binlogs of a server into an empty folder by
`rowgate capture` and by the server's own `mysqlbinlog --raw --read-from-remote-server`, turn by turn, and prints a table.

Both read over the same Unix socket and write to the same disk; Rowgate also checks every CRC32 and makes its files durable, which the peer does
not. After each run the files are compared with the server's. Needs tests/setup.sh."""
import argparse, os, pathlib, resource, shutil, socket, subprocess, sys, tempfile, time

here = pathlib.Path(__file__).resolve().parent
servers = here.parent.parent / "tests" / "servers"
arguments = argparse.ArgumentParser()
arguments.add_argument("--rowgate", required=True)
arguments.add_argument("--inserts", type=int, default=520_000)
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--servers", default="maria,mysql97")
options = arguments.parse_args()
root = os.environ.get("ROWGATE_TEST_SERVERS", str(here.parent.parent / "target" / "test-servers")) + "/mysql97"
RELAXED = ["--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--innodb-doublewrite=0", "--max-binlog-size=64M"]
SCRIPTS = {"maria": ("maria", ["mariadb.sh"], []), "mysql97": ("mysql", ["mysql97.sh"], [root])}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def timed(command):
    """Seconds by the clock, and of the processor, that a command takes."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def differs(own, other):
    """Whether two files differ in more than the mark of a file in use."""
    with open(own, "rb") as one, open(other, "rb") as two:
        left, right = bytearray(one.read()), bytearray(two.read())
    left[21] &= 0xFE
    right[21] &= 0xFE
    return left != right


def run(kind, folder):
    flavor, script, roots = SCRIPTS[kind]
    script, data = [str(servers / script[0])], folder / kind
    subprocess.run([*script, "start", *roots, str(data), free_port(), *RELAXED], check=True)
    try:
        client = [*script, "client", *roots, str(data)]
        workload = subprocess.Popen(["python3", str(servers / "workload.py"), "--flavor", flavor, "--inserts", str(options.inserts)],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        subprocess.run([*client, "--default-character-set=utf8mb4"], stdin=workload.stdout, check=True)
        subprocess.run([*client, "-e", "FLUSH BINARY LOGS"], check=True)
        names = [line.strip().removeprefix("./") for line in (data / "binlog.index").read_text().splitlines()]
        size = sum((data / name).stat().st_size for name in names)
        peer = ["mariadb-binlog", "--no-defaults"] if kind == "maria" else [*script, "run", *roots, "usr/bin/mysqlbinlog", "--no-defaults"]
        for number in range(options.rounds):
            for tool in ("rowgate", "mysqlbinlog"):
                to = folder / "copy"
                shutil.rmtree(to, ignore_errors=True)
                to.mkdir()
                if tool == "rowgate":
                    command = [options.rowgate, "capture", "--source", f"mysql://root@localhost?socket={data}.sock", "--to", str(to),
                               "--start", "earliest", "--stop-at-end"]
                else:
                    command = [*peer, "--read-from-remote-server", "--raw", "--user=root", f"--socket={data}.sock", "--to-last-log",
                               f"--result-file={to}/", names[0]]
                wall, processor = timed(command)
                wrong = [name for name in names if differs(data / name, to / name)]
                if wrong:
                    sys.exit(f"{tool} on {kind}: {wrong} differ from the server's files")
                print(f"| {kind} | {tool} | {number + 1} | {size / wall / 1e6:.0f} MB/s | {processor / size * 1e9:.2f} ns/byte |", flush=True)
    finally:
        subprocess.run([*script, "stop", *roots, str(data)], check=True)


with tempfile.TemporaryDirectory(prefix="rowgate-capture-") as temporary:
    print("| server | tool | round | copied | processor |\n|---|---|---|---|---|")
    for kind in options.servers.split(","):
        run(kind, pathlib.Path(temporary))
