//! Histories that lose rows where changes are applied apart from one another: in one window, and each step in a window of its own.

use crate::{
    loading_case::{CROSSED, Job, Rows, Source},
    server::Kind,
};

/// A history of one table: its definition, its first rows, and steps that are a transaction each.
struct History {
    name: &'static str,
    columns: &'static str,
    rows: &'static str,
    steps: &'static [&'static str],
}

const PLAIN: &str = "(id INT PRIMARY KEY, u VARCHAR(20) UNIQUE, v INT)";
const TEXT_KEY: &str = "(id VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, u INT UNIQUE, v INT)";

/// `$` is the table.
const HISTORIES: [History; 22] = [
    History {
        name: "update_then_new_key",
        columns: PLAIN,
        rows: "(1, 'A', 0)",
        steps: &["UPDATE $ SET v = 1 WHERE id = 1", "UPDATE $ SET id = 2 WHERE id = 1"],
    },
    History {
        name: "delete_then_take_its_key",
        columns: PLAIN,
        rows: "(1, 'A', 0), (2, 'B', 0)",
        steps: &["DELETE FROM $ WHERE id = 2", "UPDATE $ SET id = 2 WHERE id = 1"],
    },
    History {
        name: "new_key_then_insert_the_old_one",
        columns: PLAIN,
        rows: "(1, 'A', 0)",
        steps: &["UPDATE $ SET id = 2 WHERE id = 1", "INSERT INTO $ VALUES (1, 'B', 5)"],
    },
    History {
        name: "delete_insert_new_key",
        columns: PLAIN,
        rows: "(1, 'A', 0)",
        steps: &["DELETE FROM $ WHERE id = 1", "INSERT INTO $ VALUES (1, 'C', 6)", "UPDATE $ SET id = 2 WHERE id = 1"],
    },
    History {
        name: "delete_take_its_key_delete",
        columns: PLAIN,
        rows: "(1, 'A', 0), (2, 'B', 0)",
        steps: &["DELETE FROM $ WHERE id = 1", "UPDATE $ SET id = 1 WHERE id = 2", "DELETE FROM $ WHERE id = 1"],
    },
    History {
        name: "freed_unique_value_is_inserted",
        columns: PLAIN,
        rows: "(1, 'A', 0)",
        steps: &["UPDATE $ SET u = 'B' WHERE id = 1", "INSERT INTO $ VALUES (2, 'A', 1)"],
    },
    History {
        name: "unique_values_swap_through_a_third",
        columns: PLAIN,
        rows: "(1, 'A', 0), (2, 'B', 0)",
        steps: &["UPDATE $ SET u = 'third' WHERE id = 1", "UPDATE $ SET u = 'A' WHERE id = 2", "UPDATE $ SET u = 'B' WHERE id = 1"],
    },
    History {
        name: "key_swap_and_unique_swap_cycle",
        columns: PLAIN,
        rows: "(1, 'A', 1), (2, 'B', 2), (3, 'C', 3)",
        steps: &[
            "UPDATE $ SET id = 9 WHERE id = 1",
            "UPDATE $ SET id = 1, u = 'T' WHERE id = 2",
            "UPDATE $ SET id = 2, u = 'B' WHERE id = 3",
            "UPDATE $ SET id = 3, u = 'C' WHERE id = 9",
            "UPDATE $ SET u = 'A' WHERE id = 1",
        ],
    },
    History {
        name: "intermediate_unique_value_joins_component",
        columns: PLAIN,
        rows: "(1, 'A', 0), (2, 'B', 0), (3, 'C', 0)",
        steps: &[
            "UPDATE $ SET u = 'X' WHERE id = 1",
            "UPDATE $ SET u = 'D' WHERE id = 1",
            "UPDATE $ SET u = 'X' WHERE id = 2",
            "UPDATE $ SET u = 'B' WHERE id = 3",
            "UPDATE $ SET u = 'C' WHERE id = 2",
        ],
    },
    History {
        name: "unique_value_comes_back",
        columns: PLAIN,
        rows: "(1, 'A', 0), (2, 'B', 0)",
        steps: &[
            "UPDATE $ SET u = 'X' WHERE id = 1",
            "INSERT INTO $ VALUES (3, 'A', 3)",
            "DELETE FROM $ WHERE id = 3",
            "UPDATE $ SET u = 'A' WHERE id = 1",
        ],
    },
    History {
        name: "key_moves_between_lanes_across_windows",
        columns: PLAIN,
        rows: "(1, 'A', 0), (2, 'B', 0), (3, 'C', 0), (4, 'D', 0), (5, 'E', 0), (6, 'F', 0), (7, 'G', 0), (8, 'H', 0)",
        steps: &[
            "UPDATE $ SET v = 1",
            "UPDATE $ SET id = 100 WHERE id = 8; UPDATE $ SET v = 2 WHERE id < 4",
            "UPDATE $ SET id = 8 WHERE id = 1; UPDATE $ SET id = 1 WHERE id = 100; UPDATE $ SET v = 3 WHERE id < 5",
            "DELETE FROM $ WHERE id IN (1, 8); INSERT INTO $ VALUES (8, 'Z', 4); UPDATE $ SET v = 5 WHERE id = 3",
        ],
    },
    History {
        name: "unique_value_moves_between_lanes_across_windows",
        columns: PLAIN,
        rows: "(1, 'A', 0), (2, 'B', 0), (3, 'C', 0), (4, 'D', 0), (5, 'E', 0), (6, 'F', 0), (7, 'G', 0), (8, 'H', 0)",
        steps: &[
            "UPDATE $ SET u = 'Q' WHERE id = 1; UPDATE $ SET v = 1 WHERE id > 1",
            "UPDATE $ SET v = 2 WHERE id < 8; UPDATE $ SET u = 'A' WHERE id = 8",
            "UPDATE $ SET u = 'H' WHERE id = 1; UPDATE $ SET v = 3 WHERE id > 1",
            "DELETE FROM $ WHERE id = 8; UPDATE $ SET v = 4 WHERE id < 5; UPDATE $ SET u = 'A' WHERE id = 4",
        ],
    },
    History {
        name: "case_change_of_ci_key",
        columns: TEXT_KEY,
        rows: "('a', 1, 0), ('b', 2, 0)",
        steps: &[
            "UPDATE $ SET id = 'A' WHERE id = 'a'",
            "UPDATE $ SET v = 1 WHERE id = 'a'",
            "DELETE FROM $ WHERE id = 'B'",
            "INSERT INTO $ VALUES ('B', 2, 5)",
            "UPDATE $ SET id = 'á' WHERE id = 'A'",
            "UPDATE $ SET v = v + 1, id = 'b' WHERE id = 'B'",
        ],
    },
    History {
        name: "case_change_of_ci_unique_value",
        columns: "(id INT PRIMARY KEY, u VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci UNIQUE, v INT)",
        rows: "(1, 'a', 0), (2, 'b', 0), (3, 'c', 0)",
        steps: &[
            "UPDATE $ SET u = 'A' WHERE id = 1",
            "UPDATE $ SET u = 'x' WHERE id = 1",
            "UPDATE $ SET u = 'A ' WHERE id = 3",
            "INSERT INTO $ VALUES (4, 'C', 4)",
            "UPDATE $ SET u = 'É' WHERE id = 2",
        ],
    },
    History {
        name: "trailing_space_key",
        columns: TEXT_KEY,
        rows: "('a', 1, 0), ('b ', 2, 0)",
        steps: &[
            "UPDATE $ SET id = 'a  ' WHERE id = 'a'",
            "UPDATE $ SET v = 7 WHERE id = 'a'",
            "DELETE FROM $ WHERE id = 'b'",
            "INSERT INTO $ VALUES ('b   ', 3, 1)",
            "UPDATE $ SET id = 'b' WHERE id = 'b'",
        ],
    },
    History {
        name: "prefix_unique",
        columns: "(id INT PRIMARY KEY, u VARCHAR(20), v INT, UNIQUE KEY by_two (u(2)))",
        rows: "(1, 'abc', 0), (2, 'cde', 0)",
        steps: &[
            "UPDATE $ SET u = 'abz' WHERE id = 1",
            "UPDATE $ SET u = 'xyz' WHERE id = 1",
            "INSERT INTO $ VALUES (3, 'abd', 5)",
            "UPDATE $ SET u = 'xxx' WHERE id = 1",
            "UPDATE $ SET u = 'xya' WHERE id = 2",
        ],
    },
    History {
        name: "null_part_never_joins",
        columns: "(id INT PRIMARY KEY, u INT, w INT, UNIQUE KEY both_parts (u, w))",
        rows: "(1, 1, NULL), (2, 1, NULL), (3, 1, 1)",
        steps: &[
            "UPDATE $ SET w = NULL WHERE id = 3",
            "INSERT INTO $ VALUES (4, 1, NULL), (5, NULL, 1), (6, NULL, 1)",
            "UPDATE $ SET w = 1 WHERE id = 1",
            "DELETE FROM $ WHERE id = 2",
        ],
    },
    History {
        name: "float_key_delete_matches",
        columns: "(id FLOAT, d DOUBLE, v INT, PRIMARY KEY (id, d))",
        rows: "(0.1, 0.1, 0), (-0.0, -0.0, 1), (16777216, 1e300, 2), (1.17549435e-38, 0.30000000000000004, 3)",
        steps: &[
            "UPDATE $ SET v = v + 10",
            "DELETE FROM $ WHERE v = 10",
            "UPDATE $ SET id = 0.7 WHERE v = 11",
            "UPDATE $ SET d = -1e-300 WHERE v = 12",
            "INSERT INTO $ VALUES (0.0, 0.0, 4)",
            "DELETE FROM $ WHERE v = 13",
        ],
    },
    History {
        name: "zero_changes_its_sign",
        columns: "(id DOUBLE PRIMARY KEY, v INT)",
        rows: "(0e0, 0), (-1.5, 1)",
        steps: &[
            "UPDATE $ SET v = 5 WHERE id = 0",
            "DELETE FROM $ WHERE id = 0",
            "INSERT INTO $ VALUES (-0e0, 7)",
            "UPDATE $ SET v = 8 WHERE id = 0",
        ],
    },
    History {
        name: "gbk_and_latin1_keys",
        columns: "(id VARCHAR(20) CHARACTER SET gbk, l VARCHAR(20) CHARACTER SET latin1, v INT, PRIMARY KEY (id), UNIQUE KEY by_l (l))",
        rows: "('发票', 'Ü', 0), ('a', 'ÿ', 1), ('零', 'é', 2)",
        steps: &[
            "UPDATE $ SET id = 'A', l = 'ß' WHERE id = 'a'",
            "UPDATE $ SET l = 'ÿ' WHERE id = '发票'",
            "DELETE FROM $ WHERE id = '零'",
            "INSERT INTO $ VALUES ('零', 'E', 3), ('税\\\\', 'Ü', 4)",
            "UPDATE $ SET id = '票' WHERE id = '发票'",
        ],
    },
    History {
        name: "binary_and_enum_keys",
        columns: "(id BINARY(4), e ENUM('x', 'y', 'Z'), b BIT(10), d DECIMAL(20, 4), t TIME(3), v INT, PRIMARY KEY (id, e), UNIQUE KEY (b, d, t))",
        rows: "('a', 'x', 1, 1.5, '-00:00:00.5', 0), (0x00ff, 'y', 2, -1.5, '01:00:00.001', 1)",
        steps: &[
            "UPDATE $ SET e = 'Z' WHERE v = 0",
            "UPDATE $ SET id = 0x2020, b = 2, d = 1.5 WHERE v = 1",
            "INSERT INTO $ VALUES ('a', 'x', 3, 1.5, '01:00:00.001', 2)",
            "UPDATE $ SET v = v + 1",
            "DELETE FROM $ WHERE e = 'y'",
        ],
    },
    History {
        name: "moments_as_keys",
        columns: "(id DATETIME(6), s TIMESTAMP(3) NULL, y YEAR, d DATE, v INT, PRIMARY KEY (id, d), UNIQUE KEY (s, y))",
        rows: "('2024-02-29 12:34:56.789123', '2024-02-29 12:34:56.789', 2155, '2024-02-30', 0), ('1000-01-01', NULL, 1901, '0000-00-00', 1)",
        steps: &[
            "UPDATE $ SET v = 5",
            "UPDATE $ SET id = '2024-02-29 12:34:56.789124', s = '2001-01-01 00:00:00.001' WHERE y = 2155",
            "INSERT INTO $ VALUES ('2024-02-29 12:34:56.789123', '2024-02-29 12:34:56.789', 2155, '2024-02-30', 6)",
            "DELETE FROM $ WHERE y = 1901",
        ],
    },
];

const LENIENT: &str = "SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION';\n";

/// The tables of all histories.
fn create() -> String {
    HISTORIES.iter().map(|history| format!("CREATE TABLE {} {};\n", history.name, history.columns)).collect()
}

/// The histories on a source, one file for the tables and the first rows, and one for each number of a step.
fn lived(kind: Kind) -> Source {
    let rows = HISTORIES.iter().map(|history| format!("INSERT INTO {} VALUES {};\n", history.name, history.rows));
    let mut source = Source::new(kind, "histories", &format!("{LENIENT}{}{}", create(), rows.collect::<String>()));
    let longest = HISTORIES.iter().map(|history| history.steps.len()).max().unwrap_or(0);
    for number in 0..longest {
        let steps = HISTORIES.iter().filter_map(|history| Some((history.name, history.steps.get(number)?)));
        let statements: String = steps.map(|(name, step)| format!("BEGIN; {}; COMMIT;\n", step.replace('$', name))).collect();
        source.run(&format!("{LENIENT}{statements}"));
    }
    source
}

fn assert_all_same(job: &Job, expected: &[(&str, Rows)], way: &str) {
    for (table, rows) in expected {
        let mut rows = rows.clone();
        if job.target.kind() == Kind::MariaDb1011 {
            // It has no negative zero: whatever is stored as −0 is 0.
            rows.iter_mut().flatten().filter(|cell| cell.as_deref() == Some("-0")).for_each(|cell| *cell = Some("0".to_owned()));
            rows.sort();
        }
        assert_eq!(rows, job.contents(table), "{table} on {:?}, {way}", job.target.kind());
    }
}

#[test]
fn histories_that_lose_rows_elsewhere_come_out_right_however_they_are_cut_into_windows() {
    for (source, target) in CROSSED {
        let source = lived(source);
        let names: Vec<&str> = HISTORIES.iter().map(|history| history.name).collect();
        let expected: Vec<(&str, Rows)> = names.iter().map(|name| (*name, source.contents(name))).collect();
        let files = source.files();
        let whole = Job::new(&source, target, &create(), &names);
        assert_eq!(whole.replay(&source, &["--lanes", "1"]).windows, 1);
        assert_all_same(&whole, &expected, "all in one window");

        let apart = Job::new(&source, target, &create(), &names);
        apart.try_replay(&files[..1], &["--lanes", "4"]).done();
        assert_eq!(apart.replay(&source, &["--lanes", "4"]).windows, 1);
        assert_all_same(&apart, &expected, "all steps in one window");

        let stepwise = Job::new(&source, target, &create(), &names);
        (1..=files.len()).for_each(|count| drop(stepwise.try_replay(&files[..count], &["--lanes", "4"]).done()));
        assert_all_same(&stepwise, &expected, "a window for each step");
    }
}
