#!/usr/bin/env python3
"""load.py --rowgate PROGRAM [--inserts N] [--rounds N] [--servers maria,mysql97] [--workloads mixed,inserts,once]: loads one captured
workload into one target by Rowgate, by `mysqlbinlog | mysql` and by the server's own replica (4 workers), turn by turn, and prints a table.

All run on the same cores against the same target: unique keys on, binlog off, --innodb-flush-log-at-trx-commit=0. The replica has fetched its
relay log before its clock starts. After each run the target's tables have the source's checksums. Needs tests/setup.sh."""
import argparse, atexit, os, pathlib, re, shutil, socket, subprocess, sys, tempfile, time

here = pathlib.Path(__file__).resolve().parent
servers = here.parent.parent / "tests" / "servers"
arguments = argparse.ArgumentParser()
arguments.add_argument("--rowgate", required=True)
arguments.add_argument("--inserts", type=int, default=200_000)
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--servers", default="maria,mysql97")
arguments.add_argument("--workloads", default="mixed,inserts,once")
arguments.add_argument("--tools", default="rowgate,pipe,replica")
arguments.add_argument("--lanes", default="4")
options = arguments.parse_args()
mysql97_root = os.environ.get("ROWGATE_TEST_SERVERS", str(here.parent.parent / "target" / "test-servers")) + "/mysql97"
RELAXED = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=1G"]
LOG_SIZE = {"maria": "--innodb-log-file-size=1G", "mysql97": "--innodb-redo-log-capacity=2G"}
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """One private server; `kind` is maria or mysql97."""

    def __init__(self, kind, folder, *extra):
        self.kind, self.data, self.port = kind, folder, free_port()
        self.script = [str(servers / ("mariadb.sh" if kind == "maria" else "mysql97.sh"))]
        self.root = [] if kind == "maria" else [mysql97_root]
        subprocess.run([*self.script, "start", *self.root, self.data, str(self.port), *extra, *RELAXED, LOG_SIZE[kind]], check=True)
        self.pid = int(pathlib.Path(self.data + ".pid").read_text())
        atexit.register(self.stop)

    def client(self, *more):
        return [*self.script, "client", *self.root, self.data, "--default-character-set=utf8mb4", *more]

    def run(self, sql):
        return subprocess.run(self.client("-N"), input=sql, capture_output=True, text=True, check=True).stdout

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def checksums(self):
        """For each table its rows, and a sum over the hashes of their cells' bytes. (CHECKSUM TABLE tells equal rows of taxpayer apart.)"""
        columns = {}
        for line in self.run("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema='fintax_task' ORDER BY 1, ordinal_position").splitlines():
            table, column = line.split("\t")
            columns.setdefault(table, []).append(f"ifnull(hex(`{column}`), '~')")
        return {table: self.run(f"SELECT count(*), sum(crc32(concat_ws(',', {', '.join(cells)}))) FROM fintax_task.`{table}`").split() for table, cells in columns.items()}

    def stop(self):
        os.kill(self.pid, 15)
        while pathlib.Path(f"/proc/{self.pid}").exists():
            time.sleep(0.1)


def generated(*more):
    return subprocess.run([sys.executable, *map(str, more)], capture_output=True, text=True, check=True).stdout


def workload(name, kind):
    """The statements that make the tables and what is in them, and those that are captured."""
    flavor = "maria" if kind == "maria" else "mysql"
    if name == "mixed":
        text = generated(servers / "workload.py", "--flavor", flavor, "--inserts", options.inserts)
    else:
        text = generated(here / "load_workload.py", name, options.inserts)
    head, body = text.split("BEGIN;", 1)
    session = "SET NAMES utf8mb4; SET SESSION time_zone='+08:00'; SET SESSION sql_mode='NO_ENGINE_SUBSTITUTION'; SET SESSION foreign_key_checks=0; USE fintax_task;\nBEGIN;"
    return head, session + body


class Case:
    """A recorded workload: its source, its binlog, and an empty target."""

    def __init__(self, kind, name, folder):
        self.kind, self.name, self.folder = kind, name, folder
        self.head, body = workload(name, kind)
        self.source = Server(kind, f"{folder}/source", "--max-binlog-size=1G", "--sync-binlog=0")
        self.source.run(self.head + "FLUSH BINARY LOGS;")
        self.log = pathlib.Path(self.source.data, "binlog.index").read_text().split()[-1].removeprefix("./")
        self.source.run(body)
        self.source.run("FLUSH BINARY LOGS; SET SESSION sql_log_bin=0; CREATE USER repl@'127.0.0.1' IDENTIFIED BY 'pw'; GRANT REPLICATION SLAVE ON *.* TO repl@'127.0.0.1';")
        self.binlog = f"{folder}/{self.log}"
        shutil.copy(f"{self.source.data}/{self.log}", self.binlog)
        self.expected = self.source.checksums()
        no_log = "--skip-log-bin" if kind == "maria" else "--disable-log-bin"
        local = ["--local-infile=ON"]
        self.target = Server(kind, f"{folder}/target", no_log, *local)
        self.target.run("CREATE USER rowgate@'127.0.0.1' IDENTIFIED BY 'pw'; GRANT ALL ON *.* TO rowgate@'127.0.0.1';")
        self.rules = f"{folder}/identity.sql"
        self.schema = f"{folder}/schema.sql"
        pathlib.Path(self.schema).write_text(self.head.split("INSERT INTO", 1)[0].replace(" JSON NULL", " LONGTEXT NULL" if kind == "maria" else " JSON NULL"))
        tables = re.findall(r"CREATE TABLE (\w+)", self.head)
        pathlib.Path(self.rules).write_text("".join(f"CREATE MAPPING same_{table} AS SELECT * FROM fintax_task.{table};\n" for table in tables))

    def prepare(self):
        self.target.run("DROP DATABASE IF EXISTS fintax_task; DROP DATABASE IF EXISTS retl;" + self.head)

    def rowgate(self):
        url = f"mysql://rowgate@127.0.0.1:{self.target.port}?tls=off"
        environment = {**os.environ, "ROWGATE_PASSWORD": "pw"}
        subprocess.run([options.rowgate, "init", "--to", url], check=True, env=environment, capture_output=True)
        command = [options.rowgate, "replay", self.rules, "--schema", self.schema, "--from", self.binlog, "--to", url, "--lanes", options.lanes, "--format", "json"]
        def act():
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            line = next(line for line in done.stdout.splitlines() if '"retries"' in line)
            changes, rows = (int(re.search(rf'"{word}":(\d+)', line)[1]) for word in ("changes", "rows"))
            self.ratio = changes / max(rows, 1)
        return self.timed(act)

    def pipe(self):
        reader = ["mariadb-binlog", "--no-defaults"] if self.kind == "maria" else [str(servers / "mysql97.sh"), "run", mysql97_root, "usr/bin/mysqlbinlog", "--no-defaults"]
        skip = [] if self.kind == "maria" else ["--skip-gtids"]
        def act():
            printed = subprocess.Popen([*reader, *skip, self.binlog], stdout=subprocess.PIPE)
            subprocess.run(self.target.client("--binary-mode"), stdin=printed.stdout, check=True)
            assert printed.wait() == 0
        return self.timed(act)

    def replica(self):
        source = self.source.port
        if self.kind == "maria":
            setup = f"""STOP SLAVE; RESET SLAVE ALL; SET GLOBAL slave_parallel_threads=4; SET GLOBAL slave_parallel_mode=optimistic;
              CHANGE MASTER TO master_host='127.0.0.1', master_port={source}, master_user='repl', master_password='pw', master_log_file='{self.log}', master_log_pos=4, master_use_gtid=no; START SLAVE IO_THREAD;"""
            start, status, word = "START SLAVE SQL_THREAD;", "SHOW SLAVE STATUS\\G", ("Read_Master_Log_Pos", "Exec_Master_Log_Pos", "Master_Log_File", "Relay_Master_Log_File")
        else:
            setup = f"""STOP REPLICA; RESET REPLICA ALL; SET GLOBAL replica_parallel_workers=4;
              CHANGE REPLICATION SOURCE TO source_host='127.0.0.1', source_port={source}, source_user='repl', source_password='pw', source_log_file='{self.log}', source_log_pos=4, source_auto_position=0, get_source_public_key=1; START REPLICA IO_THREAD;"""
            start, status, word = "START REPLICA SQL_THREAD;", "SHOW REPLICA STATUS\\G", ("Read_Source_Log_Pos", "Exec_Source_Log_Pos", "Source_Log_File", "Relay_Source_Log_File")
        def state():
            # MySQL 9's client takes \G only with --commands.
            commands = [] if self.kind == "maria" else ["--commands"]
            text = subprocess.run(self.target.client(*commands, "-e", status), capture_output=True, text=True, check=True).stdout
            found = dict(re.findall(r"^ *(\w+): (.*)$", text, re.M))
            for error in ("Last_SQL_Error", "Last_IO_Error"):
                if found.get(error):
                    sys.exit(f"replica: {found[error]}")
            return (found[word[2]], int(found[word[0]])), (found[word[3]], int(found[word[1]]))
        self.target.run(setup)
        last = None
        while True:
            time.sleep(0.5)
            read, _ = state()
            if read == last and read[0] > self.log:
                break
            last = read
        def act():
            self.target.run(start)
            while state()[1] != last:
                # Each look is a client process, which takes processor time from both sides.
                time.sleep(0.3)
        result = self.timed(act)
        self.target.run("STOP SLAVE; RESET SLAVE ALL;" if self.kind == "maria" else "STOP REPLICA; RESET REPLICA ALL;")
        return result

    def timed(self, act):
        """Seconds in all, of the target's CPU, of the tools' CPU."""
        def children():
            times = os.times()
            return times.children_user + times.children_system
        started, target, tool = time.monotonic(), self.target.cpu(), children()
        act()
        return time.monotonic() - started, self.target.cpu() - target, children() - tool

    def stop(self):
        for server in (self.target, self.source):
            atexit.unregister(server.stop)
            server.stop()


def row_events(binlog, rules):
    counted = subprocess.run([options.rowgate, "query", "SELECT count(*) FROM changes", "--from", binlog, "--format", "json"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r":(\d+)", counted)[1])


print("| target | workload | row events | tool | rows/s | target µs/row | tool µs/row | Rowgate is faster by | changes ÷ statement rows |")
print("|---|---|---|---|---|---|---|---|---|")
for kind in options.servers.split(","):
    for name in options.workloads.split(","):
        with tempfile.TemporaryDirectory(prefix="rowgate-load-") as folder:
            case = Case(kind, name, folder)
            events = row_events(case.binlog, case.rules)
            taken = {}
            for _ in range(options.rounds):
                for tool in options.tools.split(","):
                    case.prepare()
                    taken.setdefault(tool, []).append(getattr(case, tool)())
                    if case.target.checksums() != case.expected:
                        sys.exit(f"{tool} left other tables than the source's:\n{case.target.checksums()}\n{case.expected}")
            medians = {tool: [sorted(column)[len(column) // 2] for column in zip(*rounds)] for tool, rounds in taken.items()}
            for tool, (seconds, target, spent) in medians.items():
                faster = f"{seconds / medians['rowgate'][0]:.2f} ×" if "rowgate" in medians else ""
                ratio = f"{case.ratio:.2f}" if tool == "rowgate" else ""
                print(f"| {kind} | {name} | {events} | {tool} | {events / seconds:.0f} | {target / events * 1e6:.1f} | {spent / events * 1e6:.1f} | {faster} | {ratio} |", flush=True)
            case.stop()
