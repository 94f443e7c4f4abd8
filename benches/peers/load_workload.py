#!/usr/bin/env python3
"""load_workload.py inserts|once N > workload.sql: N row events on fintax_task.task_batch, in transactions of which 93 % have 1-5 rows and the
rest 50-400. `inserts` has nothing else; `once` inserts, updates and deletes rows of which none is touched twice: what is updated or deleted
is there before the first BEGIN."""
import random, sys

kind, count = sys.argv[1], int(sys.argv[2])
R = random.Random(1)
out = sys.stdout.write
out("""SET NAMES utf8mb4; SET SESSION time_zone='+08:00'; SET SESSION sql_mode='NO_ENGINE_SUBSTITUTION'; SET SESSION foreign_key_checks=0;
CREATE DATABASE fintax_task DEFAULT CHARACTER SET utf8mb4; USE fintax_task;
CREATE TABLE task_batch (id BIGINT UNSIGNED NOT NULL, qyid BIGINT NOT NULL, batch_no VARCHAR(64) NOT NULL, tax_period INT NOT NULL, status TINYINT NOT NULL DEFAULT 0,
 is_deleted TINYINT(1) NOT NULL DEFAULT 0, amount DECIMAL(20,6) NULL, rate DOUBLE NULL, created_at DATETIME(6) NULL, updated_at TIMESTAMP(3) NULL DEFAULT NULL, remark VARCHAR(255) NULL,
 PRIMARY KEY(id)) ENGINE=InnoDB;
""")


def row(number):
    remark = "'quarter end 零申报'" if R.random() < 0.6 else "NULL"
    return f"({number},{R.getrandbits(62)},'B{R.randint(100000, 99999999)}',{R.randint(201901, 202612)},{R.randint(-3, 9)},{R.randint(0, 1)},{R.randint(-10**9, 10**12) / 997:.6f},{R.random()!r},'2026-01-{R.randint(1, 28):02d} 10:00:00.{R.randint(0, 999999):06d}','2026-02-{R.randint(1, 28):02d} 11:00:00.{R.randint(0, 999):03d}',{remark})"


def insert(numbers):
    out("INSERT INTO task_batch VALUES " + ",\n".join(map(row, numbers)) + ";\n")


old = list(range(1, count * 2 // 3)) if kind == "once" else []
for start in range(0, len(old), 1000):
    insert(old[start:start + 1000])
R.shuffle(old)
new = iter(range(10**9, 2 * 10**9))
done = 0
while done < count:
    rows = R.randint(1, 5) if R.random() < 0.93 else R.randint(50, 400)
    what = R.choice(("insert", "update", "delete")) if old else "insert"
    out("BEGIN;\n")
    if what == "insert":
        insert([next(new) for _ in range(rows)])
    else:
        ids = ",".join(str(old.pop()) for _ in range(min(rows, len(old))))
        out(f"UPDATE task_batch SET status=status+1, remark=concat(ifnull(remark,''),'!') WHERE id IN ({ids});\n" if what == "update" else f"DELETE FROM task_batch WHERE id IN ({ids});\n")
    out("COMMIT;\n")
    done += rows
