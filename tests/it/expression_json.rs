//! Random JSON among the expressions: documents, paths, every function, and JSON where other types are expected.

use crate::{expression_generator::Generator, expression_table::Family};

/// Paths, some of them with wildcards.
const PATHS: [&str; 26] = [
    "'$'",
    "'$.a'",
    "'$.b'",
    "'$.a.a'",
    "'$.b.c'",
    "'$[0]'",
    "'$[1]'",
    "'$[last]'",
    "'$[last-1]'",
    "'$.b.c[1]'",
    "'$.b[last]'",
    "'$.\"k k\"'",
    "'$.é'",
    "'$.d'",
    "'$.t'",
    "'$.n'",
    "'$.x'",
    "'$.dt'",
    "'$.*'",
    "'$[*]'",
    "'$**.a'",
    "'$**[0]'",
    "'$[0 to 1]'",
    "'$[last-1 to last].a'",
    "'$.a**.b'",
    "NULL",
];

/// How many of [`PATHS`] name one place.
const PLAIN_PATHS: usize = 18;

const TEXTS: [&str; 24] = [
    "'{\"a\": 1, \"b\": [1, 2]}'",
    "'[1, 2, 3]'",
    "'[]'",
    "'{}'",
    "'1'",
    "'1.0'",
    "'-0.0'",
    "'18446744073709551615'",
    "'\"a\"'",
    "'\"A\"'",
    "'\"2020-02-29\"'",
    "'\"12:34:56\"'",
    "'null'",
    "'true'",
    "'false'",
    "'[true, null, \"x\"]'",
    "'{\"a\": {\"a\": 1}}'",
    "'{\"a\": null}'",
    "'[[1], {\"a\": 2}]'",
    "'[1.5, 1e2]'",
    "'4294967296'",
    "'[\"a\", \"b\"]'",
    "'{\"d\": \"2020-02-29\"}'",
    "NULL",
];

impl Generator {
    fn plain_path(&mut self) -> &'static str {
        self.pick(&PATHS[..PLAIN_PATHS])
    }

    fn path(&mut self) -> &'static str {
        self.pick(&PATHS)
    }

    /// What a function takes for a document.
    fn document(&mut self, depth: usize) -> String {
        match self.below(24) {
            0..=11 => self.json(depth),
            12..=17 => self.pick(&TEXTS).to_owned(),
            18 => "jx".to_owned(),
            19 | 20 => "jt".to_owned(),
            _ => self.column(Some(Family::Json)),
        }
    }

    /// A JSON value.
    pub(crate) fn json(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(5) == 0 {
            return match self.below(4) {
                0 => format!("CAST({} AS JSON)", self.pick(&TEXTS)),
                1 => "CAST(jt AS JSON)".to_owned(),
                _ => self.column(Some(Family::Json)),
            };
        }
        let depth = depth - 1;
        match self.below(20) {
            0..=2 => format!("json_extract({}, {})", self.document(depth), self.path()),
            3 => format!("json_extract({}, {}, {})", self.document(depth), self.path(), self.path()),
            4 => format!("js->{}", self.pick(&PATHS[..PATHS.len() - 1])),
            5 => format!("CAST({} AS JSON)", self.any(depth)),
            6 => format!("json_array({}, {})", self.any(depth), self.any(depth)),
            7 => format!("json_object({}, {})", self.text(depth), self.any(depth)),
            8 => format!("json_object('a', {}, 'bb', {}, 'a', {})", self.any(0), self.any(depth), self.json(depth)),
            9 => format!("json_keys({}, {})", self.document(depth), self.plain_path()),
            10 => format!("json_keys({})", self.document(depth)),
            11 | 12 => {
                let name = self.pick(&["json_set", "json_insert", "json_replace", "json_array_append", "json_array_insert"]);
                let values = (self.any(0), self.json(depth));
                format!("{name}({}, {}, {}, {}, {})", self.document(depth), self.plain_path(), values.0, self.plain_path(), values.1)
            }
            13 => format!("json_remove({}, {}, {})", self.document(depth), self.plain_path(), self.plain_path()),
            14 => {
                format!("{}({}, {})", self.pick(&["json_merge_patch", "json_merge_preserve"]), self.document(depth), self.document(depth))
            }
            15 => {
                let (document, quantity) = (self.document(depth), self.pick(&["'one'", "'all'", "'ALL'", "NULL"]));
                let pattern = self.pick(&["'a%'", "'%'", "'x'", "'%b%'", "v", "vb", "1", "'a|%c'", "NULL"]);
                let rest = match self.below(4) {
                    0 => format!(", {}", self.pick(&["'|'", "NULL", "''"])),
                    1 => format!(", NULL, {}", self.path()),
                    2 => format!(", '|', {}, {}", self.path(), self.path()),
                    _ => String::new(),
                };
                format!("json_search({document}, {quantity}, {pattern}{rest})")
            }
            16 => format!("json_value({}, {} RETURNING JSON)", self.simple_document(), self.value_path()),
            _ => self.conditional(depth, Self::json),
        }
    }

    fn simple_document(&mut self) -> String {
        self.pick(&["js", "jt", "j2", "'{\"a\": 5}'", "json_extract(js, '$.a')"]).to_owned()
    }

    fn value_path(&mut self) -> &'static str {
        self.pick(&PATHS[..PATHS.len() - 1])
    }

    /// `JSON_VALUE` with its clauses.
    fn json_value(&mut self) -> String {
        let (to, default) = [
            ("", "'dflt'"),
            (" RETURNING SIGNED", "-7"),
            (" RETURNING UNSIGNED", "7"),
            (" RETURNING DECIMAL(10,2)", "1.5"),
            (" RETURNING DECIMAL(3,1)", "'1.5'"),
            (" RETURNING DOUBLE", "1e3"),
            (" RETURNING CHAR(3)", "'abc'"),
            (" RETURNING CHAR CHARACTER SET utf8mb4", "'é'"),
            (" RETURNING DATE", "'2020-01-01'"),
            (" RETURNING TIME(2)", "'10:11:12.25'"),
            (" RETURNING DATETIME", "'2020-01-01 10:11:12'"),
        ][self.below(11)];
        let answer = |choice: usize| match choice {
            0 => "NULL".to_owned(),
            1 => "ERROR".to_owned(),
            _ => format!("DEFAULT {default}"),
        };
        let on_empty = if self.below(3) == 0 { format!(" {} ON EMPTY", answer(self.below(3))) } else { String::new() };
        let on_error = if self.below(3) == 0 { format!(" {} ON ERROR", answer(self.below(3))) } else { String::new() };
        format!("json_value({}, {}{to}{on_empty}{on_error})", self.simple_document(), self.value_path())
    }

    /// JSON functions that give a text.
    pub(crate) fn json_text(&mut self, depth: usize) -> String {
        match self.below(9) {
            0 | 1 => format!("js->>{}", self.value_path()),
            2 => format!("json_unquote({})", self.document(depth)),
            3 => format!("json_unquote({})", self.text(depth)),
            4 => format!("json_quote({})", self.text(depth)),
            5 => format!("json_type({})", self.document(depth)),
            6 => format!("json_pretty({})", self.document(depth)),
            _ => self.json_value(),
        }
    }

    /// JSON functions that give a number.
    pub(crate) fn json_number(&mut self, depth: usize) -> String {
        match self.below(5) {
            0 => format!("json_length({})", self.document(depth)),
            1 => format!("json_length({}, {})", self.document(depth), self.path()),
            2 => format!("json_depth({})", self.document(depth)),
            3 => self.json_value(),
            _ => self.json(depth),
        }
    }

    /// JSON functions and operators that give a condition.
    pub(crate) fn json_condition(&mut self, depth: usize) -> String {
        match self.below(12) {
            0 | 1 => {
                let op = self.pick(&["=", "<=>", "<>", "<", "<=", ">", ">="]);
                format!("({} {op} {})", self.json(depth), self.any(depth))
            }
            2 => format!("({} {} {})", self.any(depth), self.pick(&["=", "<", "<=>"]), self.json(depth)),
            3 => format!("({} = {})", self.json(depth), self.json(depth)),
            4 => format!("json_contains({}, {})", self.document(depth), self.document(depth)),
            5 => format!("json_contains({}, {}, {})", self.document(depth), self.document(depth), self.plain_path()),
            6 => format!(
                "json_contains_path({}, {}, {}, {})",
                self.document(depth),
                self.pick(&["'one'", "'all'"]),
                self.path(),
                self.path()
            ),
            7 => format!("json_overlaps({}, {})", self.document(depth), self.document(depth)),
            8 => format!("({} MEMBER OF ({}))", self.number(0), self.simple_document()),
            9 => format!("(json_extract({}, {}) MEMBER OF (js))", self.document(0), self.path()),
            10 => format!("json_valid({})", self.any(depth)),
            _ => format!("({} IN ({}, {}, {}))", self.json(depth), self.any(0), self.json(0), self.number_literal()),
        }
    }
}
