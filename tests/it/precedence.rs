//! Our parser nests operators as the server does. The oracle is the text that a server keeps of a view: it shows the
//! server's own tree, so equal texts mean equal trees, also where the values would agree by chance.

use std::fmt::Write as _;

use crate::server::{Kind, Server};

/// Cases that random mixes hit rarely, and those that other parsers were seen to get wrong.
const SINGULAR: [&str; 44] = [
    "8>>1&3",
    "2^3*2",
    "a DIV 2+1",
    "a||b AND c",
    "a MOD 3 + b",
    "!a",
    "!a = b",
    "NOT a = b",
    "NOT a BETWEEN b AND c",
    "NOT NOT a",
    "! !a",
    "!~a",
    "- -a",
    "-a^b",
    "~a*b",
    "5--3",
    "5 - -3",
    "a-- 1\n+b",
    "a XOR b OR c AND NOT a",
    "a = b IS NULL",
    "a IS NULL = b",
    "a IS NULL IS NOT NULL IS TRUE",
    "a = b IS NOT FALSE OR c",
    "a BETWEEN b AND c AND a",
    "a BETWEEN 1 AND 2 BETWEEN 0 AND 1",
    "a BETWEEN b AND c = a",
    "a = b BETWEEN 1 AND 2",
    "a = b LIKE c",
    "a LIKE b = c",
    "a IN (1, b) = c",
    "a NOT IN (b OR c) AND b",
    "a LIKE -b ESCAPE '|' = c",
    "BINARY a = b",
    "BINARY a + b",
    "BINARY a COLLATE utf8mb4_bin",
    "-a COLLATE utf8mb4_bin",
    "a + b COLLATE utf8mb4_bin",
    "a COLLATE utf8mb4_bin LIKE b",
    "a <=> b <=> c",
    "a = b <> c",
    "CASE a WHEN b OR c THEN a = b ELSE NOT c END + 1",
    "CASE WHEN a AND b THEN 1 END IS NULL",
    "0b01 + 0x0f",
    "'a' 'b' = \"ab\"",
];

/// Intervals, as MySQL alone nests them: what follows `INTERVAL … +` is all of a comparison.
const INTERVALS: [&str; 18] = [
    "a + INTERVAL 1 DAY",
    "a - INTERVAL b OR c DAY",
    "a * b + INTERVAL 1 HOUR * 2",
    "a | b + INTERVAL 1 HOUR",
    "a + INTERVAL 1 DAY - INTERVAL '1:1' MINUTE_SECOND + 1",
    "INTERVAL 1 DAY + a = b",
    "INTERVAL 1 DAY + a * 2",
    "2 * INTERVAL 1 DAY + a",
    "-INTERVAL 1 DAY + a",
    "INTERVAL 1 DAY + NOT a OR b",
    "INTERVAL 1 DAY + a BETWEEN b AND c AND a",
    "INTERVAL 1 DAY + a IS NULL XOR b",
    "INTERVAL 1 DAY + a COLLATE utf8mb4_bin",
    "INTERVAL 1 DAY + INTERVAL 1 HOUR + a",
    "INTERVAL (1) + 2 DAY + a",
    "a LIKE INTERVAL 1 DAY + b",
    "extract(DAY_HOUR FROM a + INTERVAL 1 SQL_TSI_DAY) + timestampdiff(DAY, a, b)",
    "adddate(a, 1) = subdate(b, INTERVAL 1 WEEK) AND timestampadd(MONTH, c, a) < date_sub(b, INTERVAL c QUARTER)",
];

/// What MySQL's grammar refuses although a table of precedence alone would nest it.
const REFUSED: [&str; 16] = [
    "a = NOT b",
    "a + NOT b",
    "- NOT a",
    "a IS TRUE = b",
    "a IS TRUE IS NULL",
    "a LIKE b + c",
    "a LIKE b LIKE c",
    "a IN (1) + 1",
    "a IN (1) IN (2)",
    "a LIKE b IN (c)",
    "a IS UNKNOWN = b",
    "a BETWEEN b = c AND a",
    "INTERVAL 1 DAY - a",
    "a + (INTERVAL 1 DAY)",
    "timestampadd(DAY_HOUR, 1, a)",
    "a * INTERVAL 1 DAY",
];

const BINARY: [&str; 28] = [
    "OR", "||", "XOR", "AND", "&&", "=", "<=>", ">=", ">", "<=", "<", "<>", "!=", "|", "&", "<<", ">>", "+", "-", "*", "/", "DIV", "%",
    "MOD", "^", "LIKE", "NOT LIKE", "AND",
];

/// A fixed sequence of numbers that look random, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % limit
    }

    fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }

    fn mix(&mut self, depth: usize) -> String {
        let mut text = self.operand(depth);
        for _ in 0..self.below(4) {
            write!(text, " {} {}", self.pick(&BINARY), self.operand(depth)).expect("a string takes all");
        }
        text
    }

    fn operand(&mut self, depth: usize) -> String {
        let prefix = if self.below(3) == 0 { self.pick(&["-", "~", "!", "NOT ", "BINARY ", "+", "! -", "NOT NOT "]) } else { "" };
        let operand = match self.below(8) {
            0 if depth > 0 => format!("({})", self.mix(depth - 1)),
            1 if depth > 0 => format!("CASE WHEN {} THEN {} END", self.mix(depth - 1), self.mix(depth - 1)),
            2 => self.pick(&["1", "2", "7"]).to_owned(),
            _ => self.pick(&["a", "b", "c"]).to_owned(),
        };
        let suffix = match self.below(14) {
            0 => self.pick(&[" IS NULL", " IS NOT NULL", " IS TRUE", " IS NOT FALSE", " IS UNKNOWN"]).to_owned(),
            1 => format!(" {}BETWEEN {} AND {}", self.pick(&["", "NOT "]), self.pick(&["a", "b|1"]), self.pick(&["c", "2*b"])),
            2 => format!(" {}IN ({}, 1)", self.pick(&["", "NOT "]), self.pick(&["a", "b OR c"])),
            _ => String::new(),
        };
        format!("{prefix}{operand}{suffix}")
    }
}

fn mixes() -> Vec<String> {
    let count = if std::env::var("ROWGATE_SLOW").is_ok_and(|v| v == "1") { 4000 } else { 250 };
    let mut dice = Dice(20_260_401);
    (0..count).map(|_| dice.mix(2)).collect()
}

/// The server's own text of each expression.
fn trees(server: &Server, expressions: &[String]) -> Vec<String> {
    let schema = server.new_schema("precedence");
    let mut script = format!("USE {schema}; CREATE TABLE t (a VARCHAR(9), b VARCHAR(9), c VARCHAR(9));\n");
    for (at, text) in expressions.iter().enumerate() {
        writeln!(script, "CREATE VIEW v{at:06} AS SELECT {text} AS x FROM t;").expect("a string takes all");
    }
    server.run(&script);
    let query = format!("SELECT view_definition FROM information_schema.views WHERE table_schema = '{schema}' ORDER BY table_name");
    server.query_text(&query).into_iter().map(|mut row| row.remove(0).expect("a view has a text").replace(&schema, "")).collect()
}

fn assert_same_trees(kind: Kind, texts: &[String]) {
    let canonical: Vec<_> = texts.iter().map(|t| dsl::parse_expression(t).expect("it has been parsed before").to_string()).collect();
    let server = Server::shared(kind);
    let (ours, theirs) = (trees(server, &canonical), trees(server, texts));
    assert_eq!(theirs.len(), texts.len());
    for (at, text) in texts.iter().enumerate() {
        assert_eq!(ours[at], theirs[at], "{kind:?} nests `{text}` otherwise than `{}`", canonical[at]);
    }
}

#[test]
fn operators_nest_as_mysql_nests_them() {
    let parsed = mixes().into_iter().filter(|text| dsl::parse_expression(text).is_ok());
    let texts: Vec<_> = SINGULAR.map(str::to_owned).into_iter().chain(parsed).collect();
    assert!(texts.len() > SINGULAR.len() + 80, "only {} random mixes are expressions", texts.len() - SINGULAR.len());
    assert_same_trees(Kind::MySql97, &texts);
    assert_same_trees(Kind::MySql97, &INTERVALS.map(str::to_owned));
}

#[test]
fn operators_nest_as_mariadb_nests_them() {
    let parsed = mixes().into_iter().filter(|text| dsl::parse_expression(text).is_ok());
    assert_same_trees(Kind::MariaDb1011, &SINGULAR.map(str::to_owned).into_iter().chain(parsed).collect::<Vec<_>>());
}

#[test]
fn what_we_refuse_without_parentheses_mysql_refuses_too() {
    let server = Server::shared(Kind::MySql97);
    let schema = server.new_schema("refused");
    server.run(&format!("CREATE TABLE {schema}.t (a VARCHAR(9), b VARCHAR(9), c VARCHAR(9))"));
    let random: Vec<_> = mixes().into_iter().filter(|text| dsl::parse_expression(text).is_err()).take(40).collect();
    for text in REFUSED.map(str::to_owned).into_iter().chain(random) {
        assert!(dsl::parse_expression(&text).is_err(), "`{text}` should be refused");
        let answer = server.try_run(&format!("USE {schema}; SELECT {text} FROM t")).expect_err(&text);
        assert!(answer.contains("1064"), "MySQL reads `{text}` and answers {answer}");
    }
}

#[test]
fn signs_that_mysql_refuses_or_cuts_wrongly_are_refused() {
    let server = Server::shared(Kind::MySql97);
    assert_eq!(trees(server, &["!!a".to_owned()]), trees(server, &["!a".to_owned()]));
    for text in ["1=!1", "1<>!1", "1<!1", "1>!1", "1<=!1", "1==1", "1=<1", "1=>1"] {
        assert!(server.try_run(&format!("SELECT {text}")).is_err(), "MySQL reads `{text}`");
        assert!(dsl::parse_expression(text).is_err(), "`{text}` should be refused");
    }
    assert!(dsl::parse_expression("!!a").is_err());
}
