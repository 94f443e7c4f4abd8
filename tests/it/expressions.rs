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
    schema::TableName,
};

use crate::{
    expression_generator::Generator,
    expression_shrink::shrink,
    expression_table::{TestColumn, columns, row_count},
    server::{Kind, Server},
};

/// A value as hexadecimal bytes, NULL, or an error.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Value(String),
    Null,
    Error,
}

/// The server's errors that depend on the row: out of range, a text that does not convert, bytes of different length.
const ROW_ERRORS: [&str; 3] = ["ERROR 1690", "ERROR 3854", "ERROR 3513"];

/// What became of an expression on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Rows(Vec<Outcome>),
    Refused(String),
}

struct Bench {
    scope: Scope,
    batch: RecordBatch,
}

impl Bench {
    fn new(columns: &[TestColumn]) -> Self {
        let scope_columns = columns
            .iter()
            .enumerate()
            .map(|(index, column)| ScopeColumn { name: column.name.into(), ty: column.ty.clone(), nullable: column.nullable, index })
            .collect();
        let fields: Vec<Field> = columns.iter().map(|column| Field::new(column.name, arrow_type(&column.ty), column.nullable)).collect();
        let arrays: Vec<ArrayRef> = columns.iter().map(TestColumn::array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("the columns fit their fields");
        Self { scope: Scope { source: TableName::new("s", "t"), qualifier: "t".into(), columns: scope_columns }, batch }
    }

    /// Evaluates the text as the server is asked to: as bytes.
    fn answer(&self, text: &str) -> Answer {
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

/// Asks the server for many expressions; a statement that fails is asked again row by row.
fn ask(server: &Server, schema: &str, texts: &[String], rows: usize) -> Vec<Answer> {
    let select = |text: &str, filter: &str| format!("SELECT HEX(CAST(({text}) AS BINARY)) FROM {schema}.t{filter} ORDER BY id");
    let statements: Vec<String> = texts.iter().map(|text| select(text, "")).collect();
    let first = server.query_each(&statements);
    let mut answers = Vec::new();
    let mut again = Vec::new();
    for (text, answer) in texts.iter().zip(first) {
        match answer {
            Ok(values) => answers.push(Answer::Rows(values.into_iter().map(outcome).collect())),
            Err(message) => {
                again.push((answers.len(), text));
                answers.push(Answer::Refused(message));
            }
        }
    }
    // An error is the row's where it says that a value is out of range; else it is the text's.
    again.retain(
        |(index, _)| matches!(&answers[*index], Answer::Refused(message) if ROW_ERRORS.iter().any(|error| message.contains(error))),
    );
    let statements: Vec<String> =
        again.iter().flat_map(|(_, text)| (0..rows).map(|row| select(text, &format!(" WHERE id + 0 = {row}")))).collect();
    let mut singles = server.query_each(&statements).into_iter();
    for (index, _) in again {
        let values = singles.by_ref().take(rows).map(|answer| match answer {
            Ok(mut values) => values.pop().map_or(Outcome::Error, outcome),
            Err(_) => Outcome::Error,
        });
        answers[index] = Answer::Rows(values.collect());
    }
    answers
}

fn outcome(value: String) -> Outcome {
    if value == "NULL" { Outcome::Null } else { Outcome::Value(value) }
}

fn prepare(server: &Server, columns: &[TestColumn]) -> String {
    let schema = server.new_schema("expressions");
    let definitions: Vec<String> = columns.iter().map(TestColumn::definition).collect();
    let mut sql = format!("SET sql_mode = ''; CREATE TABLE {schema}.t (id INT PRIMARY KEY, {});", definitions.join(", "));
    for row in 0..row_count() {
        let values: Vec<String> = columns.iter().map(|column| column.literal(row)).collect();
        sql.push_str(&format!("INSERT INTO {schema}.t VALUES ({row}, {});", values.join(", ")));
    }
    server.run(&sql);
    schema
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
fn shrunk(bench: &Bench, server: &Server, schema: &str, (text, mut difference): (String, String)) -> String {
    let smallest = shrink(&text, |steps| {
        let theirs = ask(server, schema, steps, row_count());
        let verdicts = steps.iter().zip(&theirs).map(|(step, theirs)| verdict(&bench.answer(step), theirs));
        let verdicts: Vec<Verdict> = verdicts.collect();
        if let Some(Verdict::Differs(first)) = verdicts.iter().find(|verdict| matches!(verdict, Verdict::Differs(_))) {
            difference.clone_from(first);
        }
        verdicts.iter().map(|verdict| matches!(verdict, Verdict::Differs(_))).collect()
    });
    format!("{smallest}\n    {difference}\n    shrunk from {text}")
}

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{value}`")))
}

#[test]
fn generated_expressions_mean_what_mysql_means() {
    let slow = std::env::var_os("ROWGATE_SLOW").is_some();
    let count = setting("ROWGATE_EXPRESSIONS").unwrap_or(if slow { 300_000 } else { 3_000 });
    let seed = setting("ROWGATE_SEED").unwrap_or(1);
    let server = Server::shared(Kind::MySql97);
    let columns = columns();
    let schema = prepare(server, &columns);
    let bench = Bench::new(&columns);
    let mut generator = Generator::new(seed, &columns);
    let (mut wrong, mut refused, mut done) = (Vec::new(), 0, 0);
    while done < count && wrong.len() < 50 {
        let texts: Vec<String> = (0..(count - done).min(500)).map(|_| generator.expression()).collect();
        for (text, theirs) in texts.iter().zip(ask(server, &schema, &texts, row_count())) {
            match verdict(&bench.answer(text), &theirs) {
                Verdict::Same => {}
                Verdict::Refused => refused += 1,
                Verdict::Differs(difference) => wrong.push((text.clone(), difference)),
            }
        }
        done += texts.len() as u64;
    }
    let wrong: Vec<String> = wrong.into_iter().map(|wrong| shrunk(&bench, server, &schema, wrong)).collect();
    assert!(wrong.is_empty(), "ROWGATE_SEED={seed}: {} of {done} differ ({refused} refused):\n{}", wrong.len(), wrong.join("\n"));
    assert!(refused * 2 < done, "{refused} of {done} are refused: the generator does not test much");
}

#[test]
fn every_line_of_the_corpus_means_what_mysql_means() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/expressions");
    let server = Server::shared(Kind::MySql97);
    let columns = columns();
    let schema = prepare(server, &columns);
    let bench = Bench::new(&columns);
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the corpus is part of the project") {
        let file = fs::read_to_string(entry.expect("the folder is readable").path()).expect("the corpus is text");
        let lines: Vec<(&str, &str)> =
            file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(|line| line.rsplit_once(" => ")).collect();
        let texts: Vec<String> = lines.iter().map(|(text, _)| (*text).to_owned()).collect();
        count += texts.len();
        for (((text, expected), theirs), _) in lines.iter().zip(ask(server, &schema, &texts, row_count())).zip(&texts) {
            let ours = shown(&bench.answer(text));
            if ours != *expected {
                wrong.push(format!("{text}: expected {expected}, we have {ours}"));
            }
            let theirs = shown(&theirs);
            if *expected != "REFUSED" && theirs != *expected {
                wrong.push(format!("{text}: expected {expected}, the server has {theirs}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 100, "the corpus has only {count} lines");
}

/// The first row as a corpus line has it.
fn shown(answer: &Answer) -> String {
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
