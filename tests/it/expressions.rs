//! Expressions mean what MySQL 9.7 means by them: the same text, evaluated by us and by the server, row for row.

use std::{fs, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Field, Schema},
};
use rowgate::{
    columnar::arrow_type,
    mapping::expr::{CompiledExpr, Scope, ScopeColumn, bind},
    schema::{ColumnType, TableName},
};

use crate::{
    expression_generator::Generator,
    expression_shrink::shrink,
    expression_table::{TestColumn, columns, row_count},
    server::{Kind, Server},
};

/// A value as hexadecimal bytes, NULL, or an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Value(String),
    Null,
    Error,
}

/// The server's errors that depend on the row: out of range, a text that does not convert, bytes of different length, no UUID, no
/// period, a position beyond the text, a text that is no JSON, one that nests too deep, a key that is NULL, a JSON value that is missing or one of several.
const ROW_ERRORS: [&str; 11] = [
    "ERROR 1690",
    "ERROR 3854",
    "ERROR 3513",
    "ERROR 1411",
    "ERROR 1210",
    "ERROR 3686",
    "ERROR 3141",
    "ERROR 3157",
    "ERROR 3158",
    "ERROR 3966",
    "ERROR 3967",
];

/// What became of an expression on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Rows(Vec<Outcome>),
    Refused(String),
}

pub(crate) struct Bench {
    scope: Scope,
    batch: RecordBatch,
}

impl Bench {
    pub(crate) fn new(columns: &[TestColumn]) -> Self {
        let scope_columns = columns
            .iter()
            .enumerate()
            .map(|(index, column)| ScopeColumn { name: column.name.into(), ty: column.ty.clone(), nullable: column.nullable, index })
            .collect();
        let fields: Vec<Field> = columns.iter().map(|column| Field::new(column.name, arrow_type(&column.ty), column.nullable)).collect();
        let arrays: Vec<ArrayRef> = columns.iter().map(TestColumn::array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("the columns fit their fields");
        Self { scope: Scope::new(TableName::new("s", "t"), "t".into(), scope_columns), batch }
    }

    /// Evaluates the text as the server is asked to: as bytes.
    pub(crate) fn answer(&self, text: &str) -> Answer {
        let expr = match dsl::parse_expression(&format!("CAST(({text}) AS BINARY)")) {
            Ok(expr) => expr,
            Err(diagnostics) => return Answer::Refused(format!("does not parse: {}", diagnostics[0].message)),
        };
        let bound = match bind(&expr, &self.scope) {
            Ok(bound) => bound,
            Err(diagnostics) => return Answer::Refused(format!("{}: {}", diagnostics[0].code, diagnostics[0].message)),
        };
        let compiled = CompiledExpr::new(&bound.logical(), &self.batch.schema()).expect("a bound expression compiles");
        match compiled.evaluate_array(&self.batch) {
            Ok(array) => Answer::Rows(outcomes(&array)),
            Err(_) => {
                let row = |row| match compiled.evaluate_array(&self.batch.slice(row, 1)) {
                    Ok(array) => outcomes(&array).remove(0),
                    Err(_) => Outcome::Error,
                };
                Answer::Rows((0..self.batch.num_rows()).map(row).collect())
            }
        }
    }
}

fn outcomes(array: &ArrayRef) -> Vec<Outcome> {
    let array = cast(array, &DataType::Binary).expect("the value was cast to BINARY");
    let array = array.as_binary::<i32>();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    (0..array.len()).map(|row| if array.is_null(row) { Outcome::Null } else { Outcome::Value(hex(array.value(row))) }).collect()
}

/// The private server and the table in it that expressions read.
pub(crate) struct Peer {
    server: &'static Server,
    schema: String,
}

impl Peer {
    fn select(&self, text: &str, filter: &str) -> String {
        format!("SELECT HEX(CAST(({text}) AS BINARY)) FROM {}.t{filter} ORDER BY id", self.schema)
    }

    /// Asks for many expressions; a statement that fails because of a row is asked again row by row.
    pub(crate) fn ask(&self, texts: &[String]) -> Vec<Answer> {
        let statements: Vec<String> = texts.iter().map(|text| self.select(text, "")).collect();
        let answers = self.server.query_each(&statements).into_iter();
        let mut answers: Vec<Answer> = answers
            .map(|answer| match answer {
                Ok(values) => Answer::Rows(values.into_iter().map(outcome).collect()),
                Err(message) => Answer::Refused(message),
            })
            .collect();
        // An error is the row's where it says that a value is out of range; else it is the text's.
        let depends_on_row =
            |answer: &Answer| matches!(answer, Answer::Refused(message) if ROW_ERRORS.iter().any(|error| message.contains(error)));
        let again: Vec<usize> = (0..texts.len()).filter(|index| depends_on_row(&answers[*index])).collect();
        for (index, answer) in again.iter().zip(self.ask_by_row(again.iter().map(|index| &texts[*index]))) {
            answers[*index] = answer;
        }
        answers
    }

    /// Asks for each row in a statement of its own.
    fn ask_by_row<'t>(&self, texts: impl Iterator<Item = &'t String>) -> Vec<Answer> {
        let row_count = row_count();
        let statements: Vec<String> =
            texts.flat_map(|text| (0..row_count).map(|row| self.select(text, &format!(" WHERE id + 0 = {row}")))).collect();
        let outcomes = self.server.query_each(&statements).into_iter().map(|answer| match answer {
            Ok(mut values) => values.pop().map_or(Outcome::Error, outcome),
            Err(_) => Outcome::Error,
        });
        let outcomes: Vec<Outcome> = outcomes.collect();
        outcomes.chunks(row_count).map(|rows| Answer::Rows(rows.to_vec())).collect()
    }

    /// Compares us with the server.
    fn verdicts(&self, bench: &Bench, texts: &[String]) -> Vec<Verdict> {
        let theirs = self.ask(texts);
        let mut verdicts: Vec<Verdict> = texts.iter().zip(&theirs).map(|(text, theirs)| verdict(&bench.answer(text), theirs)).collect();
        // MySQL writes into its own constants (`concat(left(TIMESTAMP '1999-12-31 23:59:59.9', 1), 0)` differs from row to row), so
        // what differs is asked again, each row alone.
        let again: Vec<usize> = (0..texts.len())
            .filter(|index| matches!((&verdicts[*index], &theirs[*index]), (Verdict::Differs(_), Answer::Rows(_))))
            .collect();
        for (index, theirs) in again.iter().zip(self.ask_by_row(again.iter().map(|index| &texts[*index]))) {
            verdicts[*index] = verdict(&bench.answer(&texts[*index]), &theirs);
        }
        verdicts
    }
}

fn outcome(value: String) -> Outcome {
    if value == "NULL" { Outcome::Null } else { Outcome::Value(value) }
}

/// A table of these columns on the server of the tests.
pub(crate) fn prepare(kind: Kind, columns: &[TestColumn]) -> Peer {
    let server = Server::shared(kind);
    let schema = server.new_schema("expressions");
    let definitions: Vec<String> = columns.iter().map(TestColumn::definition).collect();
    let definitions = definitions.join(", ");
    // MariaDB has no collation of Unicode 9; no comparison is asked of it.
    let definitions = if kind == Kind::MariaDb1011 { definitions.replace("utf8mb4_0900_ai_ci", "utf8mb4_general_ci") } else { definitions };
    let mut sql = format!("SET sql_mode = ''; CREATE TABLE {schema}.t (id INT PRIMARY KEY, {definitions}) CHARSET utf8mb4;");
    for row in 0..row_count() {
        let values: Vec<String> = columns.iter().map(|column| column.literal(row)).collect();
        sql.push_str(&format!("INSERT INTO {schema}.t VALUES ({row}, {});", values.join(", ")));
    }
    server.run(&sql);
    Peer { server, schema }
}

/// What came of comparing both sides.
enum Verdict {
    Same,
    /// We refuse it; what the server refuses, we must refuse too.
    Refused,
    Differs(String),
}

fn verdict(ours: &Answer, theirs: &Answer) -> Verdict {
    match (ours, theirs) {
        (Answer::Refused(_), _) => Verdict::Refused,
        (Answer::Rows(_), Answer::Refused(message)) => Verdict::Differs(format!("the server refuses: {message}")),
        (Answer::Rows(ours), Answer::Rows(theirs)) => match (0..theirs.len()).find(|row| ours.get(*row) != theirs.get(*row)) {
            Some(row) => Verdict::Differs(format!("row {row}: ours {:?}, the server's {:?}", ours[row], theirs[row])),
            None => Verdict::Same,
        },
    }
}

/// The smallest expression that differs, made from one that does, and how it differs.
fn shrunk(bench: &Bench, peer: &Peer, (text, mut difference): (String, String)) -> String {
    let smallest = shrink(&text, |steps| {
        let verdicts = peer.verdicts(bench, steps);
        if let Some(Verdict::Differs(first)) = verdicts.iter().find(|verdict| matches!(verdict, Verdict::Differs(_))) {
            difference.clone_from(first);
        }
        verdicts.iter().map(|verdict| matches!(verdict, Verdict::Differs(_))).collect()
    });
    format!("{smallest}\n    {difference}\n    shrunk from {text}")
}

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("the variable is a number"))
}

#[test]
fn generated_expressions_mean_what_mysql_means() {
    let slow = std::env::var_os("ROWGATE_SLOW").is_some();
    let count = setting("ROWGATE_EXPRESSIONS").unwrap_or(if slow { 300_000 } else { 3_000 });
    let seed = setting("ROWGATE_SEED").unwrap_or(1);
    let columns = columns();
    let peer = prepare(Kind::MySql97, &columns);
    let bench = Bench::new(&columns);
    let mut generator = Generator::new(seed, &columns);
    let (mut wrong, mut refused, mut done) = (Vec::new(), 0, 0);
    while done < count && wrong.len() < 50 {
        let texts: Vec<String> = (0..(count - done).min(500)).map(|_| generator.expression()).collect();
        for (text, verdict) in texts.iter().zip(peer.verdicts(&bench, &texts)) {
            match verdict {
                Verdict::Same => {}
                Verdict::Refused => refused += 1,
                Verdict::Differs(difference) => wrong.push((text.clone(), difference)),
            }
        }
        done += texts.len() as u64;
    }
    let wrong: Vec<String> = wrong.into_iter().map(|wrong| shrunk(&bench, &peer, wrong)).collect();
    assert!(wrong.is_empty(), "ROWGATE_SEED={seed}: {} of {done} differ ({refused} refused):\n{}", wrong.len(), wrong.join("\n"));
    assert!(refused * 2 < done, "{refused} of {done} are refused: the generator does not test much");
}

#[test]
fn every_line_of_the_corpus_means_what_mysql_means() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/expressions");
    let columns = columns();
    let peer = prepare(Kind::MySql97, &columns);
    let bench = Bench::new(&columns);
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the corpus is part of the project") {
        let file = fs::read_to_string(entry.expect("the folder is readable").path()).expect("the corpus is text");
        let lines: Vec<(&str, &str)> =
            file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(|line| line.rsplit_once(" => ")).collect();
        let texts: Vec<String> = lines.iter().map(|(text, _)| (*text).to_owned()).collect();
        count += texts.len();
        let verdicts = peer.verdicts(&bench, &texts);
        for (((text, expected), theirs), verdict) in lines.iter().zip(peer.ask(&texts)).zip(verdicts) {
            let ours = shown(&bench.answer(text));
            if ours != *expected {
                wrong.push(format!("{text}: expected {expected}, we have {ours}"));
            }
            let theirs = shown(&theirs);
            if *expected != "REFUSED" && theirs != *expected {
                wrong.push(format!("{text}: expected {expected}, the server has {theirs}"));
            }
            if let Verdict::Differs(difference) = verdict {
                wrong.push(format!("{text}: {difference}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 100, "the corpus has only {count} lines");
}

/// What Unicode 17, which the server's ICU knows, added to letters and marks or took from them; the regex crate knows 16.
fn is_new_in_unicode_17(character: char) -> bool {
    matches!(character, '\u{295}' | '\u{88F}' | '\u{C5C}' | '\u{CDC}' | '\u{1ACF}'..='\u{1AEB}' | '\u{A7CE}'..='\u{A7D5}' | '\u{A7F1}')
}

#[test]
fn classes_of_patterns_hold_the_characters_that_they_hold_for_mysql() {
    let classes =
        ["\\\\d", "\\\\w", "\\\\s", "[[:alpha:]]", "[[:alnum:]]", "[[:upper:]]", "[[:lower:]]", "[[:punct:]]", ".", "[a-zà-öα-ω]"];
    let is_plain = |character: &char| !matches!(character, '\'' | '\\') && !character.is_control() && !is_new_in_unicode_17(*character);
    let characters: Vec<char> = ('\u{20}'..='\u{FFFD}').filter(is_plain).collect();
    let call = |class: &str, chunk: &[char], case: &str| {
        format!("regexp_replace('{}', '{class}', '', 1, 0, '{case}')", chunk.iter().collect::<String>())
    };
    let texts: Vec<String> = characters
        .chunks(2000)
        .flat_map(|chunk| classes.iter().flat_map(move |class| ["c", "i"].map(|case| call(class, chunk, case))))
        .collect();
    let columns = columns();
    let peer = prepare(Kind::MySql97, &columns);
    let bench = Bench::new(&columns);
    let mut wrong = Vec::new();
    for (text, theirs) in texts.iter().zip(peer.ask(&texts)) {
        let (ours, theirs) = (shown(&bench.answer(text)), shown(&theirs));
        if ours != theirs {
            let (ours, theirs): (Vec<char>, Vec<char>) = (ours.chars().collect(), theirs.chars().collect());
            let here = ours.iter().filter(|c| !theirs.contains(c)).map(|c| format!("+{:X}", *c as u32));
            let there = theirs.iter().filter(|c| !ours.contains(c)).map(|c| format!("-{:X}", *c as u32));
            let case = text.rsplit_once("', '").map_or("", |(before, _)| before).rsplit_once("', '").map_or("", |(_, class)| class);
            wrong.push(format!("{case}, {}: {}", &text[text.len() - 3..], here.chain(there).collect::<Vec<_>>().join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hashes_that_mysql_no_longer_has_mean_what_mariadb_means() {
    // MariaDB has no cast to JSON.
    let columns: Vec<_> = columns().into_iter().filter(|column| column.ty != ColumnType::Json).collect();
    let peer = prepare(Kind::MariaDb1011, &columns);
    let bench = Bench::new(&columns);
    let mut texts: Vec<String> = ["md5('')", "md5(NULL)", "md5('é')", "md5(1.50)", "md5(x'FF')"].map(str::to_owned).to_vec();
    for column in &columns {
        texts.extend(["md5({})", "md5(concat('x', {}))"].map(|text| text.replace("{}", column.name)));
    }
    texts.extend(texts.clone().iter().map(|text| text.replace("md5", "sha1")));
    let verdicts = peer.verdicts(&bench, &texts);
    let wrong: Vec<String> = texts
        .iter()
        .zip(verdicts)
        .filter_map(|(text, verdict)| match verdict {
            Verdict::Same => None,
            Verdict::Refused => Some(format!("{text}: we refuse it")),
            Verdict::Differs(difference) => Some(format!("{text}: {difference}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first row as a corpus line has it.
pub(crate) fn shown(answer: &Answer) -> String {
    let Answer::Rows(rows) = answer else { return "REFUSED".into() };
    match rows.first() {
        Some(Outcome::Value(hex)) => {
            let bytes: Vec<u8> =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("it is hexadecimal")).collect();
            match String::from_utf8(bytes) {
                Ok(text) if text.chars().all(|c| !c.is_control()) => format!("'{text}'"),
                _ => format!("0x{hex}"),
            }
        }
        Some(Outcome::Null) => "NULL".into(),
        Some(Outcome::Error) | None => "ERROR".into(),
    }
}
