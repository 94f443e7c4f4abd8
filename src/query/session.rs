//! A question: checked to be one, planned, and answered batch by batch.

use std::{collections::BTreeSet, sync::Arc};

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};
use datafusion::{
    common::TableReference,
    error::DataFusionError,
    execution::{
        SendableRecordBatchStream,
        context::SQLOptions,
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        memory_pool::FairSpillPool,
        runtime_env::RuntimeEnvBuilder,
    },
    logical_expr::LogicalPlan,
    prelude::{SessionConfig, SessionContext},
};
use futures::StreamExt;
use tokio::runtime::Runtime;

use super::{
    CaptureSource, CaptureTables, QueryError,
    refusal::{Stage, nearest, refusal},
};
use crate::schema::TableName;

/// What the operators of a question may hold; sorts and groups beyond it go to temporary files (INV-8).
pub(super) const MEMORY_LIMIT_BYTES: usize = 256 << 20;

/// The lines of an answer, in batches; those of a plain SELECT are in the order of the binlog.
pub struct Answer {
    columns: Vec<String>,
    schema: SchemaRef,
    stream: SendableRecordBatchStream,
    // Dropped last: the stream's tasks run on it.
    runtime: Runtime,
}

/// Asks a capture; reading begins with the first batch of the answer.
///
/// `sql` is one statement of DataFusion's SQL that changes nothing.
pub fn ask(sql: &str, source: CaptureSource) -> Result<Answer, QueryError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).build()?;
    let session = session()?;
    let plan = runtime.block_on(plan(sql, source, &session))?;
    let columns = titles(&plan);
    let (schema, stream) = runtime
        .block_on(async {
            let answer = session.execute_logical_plan(plan).await?;
            let schema: Schema = answer.schema().as_arrow().clone();
            Ok((Arc::new(schema), answer.execute_stream().await?))
        })
        .map_err(|error: DataFusionError| refusal(&error, Stage::Planning))?;
    Ok(Answer { columns, schema, stream, runtime })
}

/// Threads that evaluate; each scan reads on one of its own.
const WORKERS: usize = 2;

impl Answer {
    /// A title for each column; columns of the same name have their table's name before it.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The names and types of the columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

impl Iterator for Answer {
    type Item = Result<RecordBatch, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.runtime.block_on(self.stream.next())?;
        Some(batch.map_err(|error| refusal(&error, Stage::Running)))
    }
}

/// A session without tables: questions about values only.
fn session() -> Result<SessionContext, QueryError> {
    // One partition keeps the order of the binlog; reading and evaluating overlap all the same.
    let config = SessionConfig::new().with_target_partitions(1).with_information_schema(true).with_create_default_catalog_and_schema(false);
    let config = config.with_default_catalog_and_schema(CaptureTables::CATALOG, CaptureTables::SCHEMA);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(MEMORY_LIMIT_BYTES)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::OsTmpDirectory))
        .build_arc()
        .map_err(|error| refusal(&error, Stage::Planning))?;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

/// Checks that the text is a question about tables that exist, and plans it.
async fn plan(sql: &str, source: CaptureSource, session: &SessionContext) -> Result<LogicalPlan, QueryError> {
    let refuse = |error: DataFusionError| refusal(&error, Stage::Planning);
    only_questions(sql)?;
    let state = session.state();
    let dialect = state.config_options().sql_parser.dialect;
    let statement = state.sql_to_statement(sql, &dialect).map_err(refuse)?;
    let asked: BTreeSet<TableReference> = state.resolve_table_references(&statement).map_err(refuse)?.into_iter().collect();
    let tables = survey(source, &asked)?;
    tables.register(session)?;
    for table in &asked {
        // A schema that does not exist is an error of its own.
        let exists = session.table_exist(table.clone()).unwrap_or(false);
        if !exists && !is_of_information_schema(table) {
            return Err(unknown_table(table, &tables));
        }
    }
    let plan = state.statement_to_plan(statement).await.map_err(refuse)?;
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    options.verify_plan(&plan).map_err(|_| not_a_question(sql))?;
    Ok(plan)
}

/// Looks for the tables of a question, all of them where it asks which there are.
fn survey(source: CaptureSource, asked: &BTreeSet<TableReference>) -> Result<CaptureTables, QueryError> {
    // Each table of the question is one reading, the survey another.
    source.expect_readings(asked.len() + 1);
    if asked.iter().any(is_of_information_schema) {
        return Ok(CaptureTables::survey(source).map_err(Arc::new)?);
    }
    let full = |table: &TableReference| table.clone().resolve(CaptureTables::CATALOG, CaptureTables::SCHEMA);
    let names = asked.iter().map(full).map(|table| TableName::new(&*table.schema, &*table.table));
    let images: BTreeSet<TableName> =
        names.filter(|name| (name.schema.as_str(), name.table.as_str()) != (CaptureTables::SCHEMA, CaptureTables::CHANGES)).collect();
    if images.is_empty() {
        source.expect_readings(asked.len());
        return Ok(CaptureTables::without_survey(source));
    }
    Ok(CaptureTables::survey_of(source, images).map_err(Arc::new)?)
}

fn is_of_information_schema(table: &TableReference) -> bool {
    table.schema().is_some_and(|schema| schema.eq_ignore_ascii_case("information_schema"))
}

fn unknown_table(name: &TableReference, tables: &CaptureTables) -> QueryError {
    let names = tables.names();
    let bare = names.iter().find(|known| known.rsplit('.').next() == Some(name.table()));
    let near = bare.map(String::as_str).or_else(|| nearest(&name.to_string(), names.iter().map(String::as_str)));
    QueryError::UnknownTable { name: name.to_string(), near: near.map(str::to_owned), tables: names.clone() }
}

/// Refuses what changes something by its first word, before DataFusion looks for the tables it would change.
fn only_questions(sql: &str) -> Result<(), QueryError> {
    const QUESTIONS: [&str; 7] = ["SELECT", "WITH", "VALUES", "EXPLAIN", "DESCRIBE", "DESC", "SHOW"];
    let start = without_comments(sql).trim_start_matches(|character: char| character == '(' || character.is_whitespace());
    let word = start.split(|character: char| !character.is_alphanumeric()).next().unwrap_or("");
    if word.is_empty() || QUESTIONS.iter().any(|question| word.eq_ignore_ascii_case(question)) {
        return Ok(());
    }
    const OTHERS: [&str; 26] = [
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "REPLACE",
        "CREATE",
        "DROP",
        "ALTER",
        "RENAME",
        "TRUNCATE",
        "COPY",
        "LOAD",
        "SET",
        "RESET",
        "USE",
        "BEGIN",
        "START",
        "COMMIT",
        "ROLLBACK",
        "PREPARE",
        "EXECUTE",
        "DEALLOCATE",
        "GRANT",
        "REVOKE",
        "CALL",
        "ANALYZE",
    ];
    // Any other word is the parser's to judge.
    if OTHERS.iter().any(|other| word.eq_ignore_ascii_case(other)) { Err(not_a_question(sql)) } else { Ok(()) }
}

fn not_a_question(sql: &str) -> QueryError {
    let words: Vec<&str> = without_comments(sql).split_whitespace().take(2).collect();
    QueryError::NotAQuestion { statement: words.join(" ") }
}

/// The text after the comments at its start.
fn without_comments(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        let after = match (rest.strip_prefix("--"), rest.strip_prefix("/*")) {
            (Some(line), _) => line.split_once('\n').map_or("", |(_, after)| after),
            (None, Some(block)) => block.split_once("*/").map_or("", |(_, after)| after),
            (None, None) => return rest,
        };
        rest = after.trim_start();
    }
}

/// A title for each column of the answer that differs from all others.
fn titles(plan: &LogicalPlan) -> Vec<String> {
    let schema = plan.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let title = |(index, name): (usize, &&str)| match schema.qualified_field(index).0 {
        Some(table) if names.iter().filter(|other| other == &name).count() > 1 => format!("{table}.{name}"),
        Some(_) | None => (*name).to_owned(),
    };
    names.iter().enumerate().map(title).collect()
}
