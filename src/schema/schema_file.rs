//! Files of definitions: dumps of the servers' tools, `schema.sql`, CREATE TABLE inside a query file.

use std::ops::Range;

use super::ddl::{Cursor, DdlError, Kind, Lexer, Statement, Token, read_statement};
use super::{DdlEffect, SchemaHistory, ServerVersion, SqlMode, StatementContext};

/// Something in a file of definitions that could not be followed; the rest of the file was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProblem {
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// What to do about it, where there is one good answer.
    pub hint: Option<String>,
    /// Where, in bytes of the file.
    pub span: Range<usize>,
}

/// Follows every statement of a file and tells what it could not follow.
///
/// The statements may be a dump's: CREATE DATABASE, USE, DROP, CREATE and ALTER TABLE count, executable comments are read
/// as the server would, rows and everything else are stepped over. A dump's own header tells its server; `server` is for
/// files without one. Names without a schema take that of the last USE.
pub fn read_schema_file(text: &str, server: ServerVersion) -> (SchemaHistory, Vec<SchemaProblem>) {
    let mut context = StatementContext::new(dumped_by(text).unwrap_or(server));
    let mut history = SchemaHistory::new();
    let mut problems = Vec::new();
    let mut lexer = Lexer::new(text, context.server, SqlMode::default());
    loop {
        let tokens = match next_statement(&mut lexer) {
            Ok(Some(tokens)) => tokens,
            Ok(None) => return (history, problems),
            Err(error) => {
                problems.push(problem(&error));
                lexer.recover();
                continue;
            }
        };
        let whole = tokens.first().map_or(0, |token| token.span.start)..tokens.last().map_or(0, |token| token.span.end);
        match follow(text, tokens, &mut history, &mut context) {
            Ok(effects) => problems.extend(effects.iter().filter_map(|effect| unclear(effect, &whole))),
            Err(error) => problems.push(problem(&error)),
        }
    }
}

fn follow(
    text: &str,
    tokens: Vec<Token<'_>>,
    history: &mut SchemaHistory,
    context: &mut StatementContext,
) -> Result<Vec<DdlEffect>, DdlError> {
    let statement = read_statement(&mut Cursor::new(text, tokens, context))?;
    if let Statement::Use(schema) = statement {
        context.default_schema = Some(schema);
        return Ok(Vec::new());
    }
    history.follow(&statement, context)
}

/// The tokens up to the next delimiter. Of a statement that writes rows only the first is kept: a dump may have gigabytes.
fn next_statement<'a>(lexer: &mut Lexer<'a>) -> Result<Option<Vec<Token<'a>>>, DdlError> {
    let mut tokens: Vec<Token<'a>> = Vec::new();
    while let Some(token) = lexer.next_token()? {
        let first = tokens.first();
        if token.kind == Kind::Delimiter {
            if first.is_some() {
                return Ok(Some(tokens));
            }
        } else if first.is_none() && token.kind == Kind::Word && token.text.eq_ignore_ascii_case("DELIMITER") {
            lexer.read_delimiter();
        } else if first.is_none_or(|first| !writes_rows(first)) {
            tokens.push(token);
        }
    }
    Ok(if tokens.is_empty() { None } else { Some(tokens) })
}

fn writes_rows(first: &Token<'_>) -> bool {
    first.kind == Kind::Word && ["INSERT", "REPLACE"].iter().any(|verb| first.text.eq_ignore_ascii_case(verb))
}

/// The server that the header of a dump names.
fn dumped_by(text: &str) -> Option<ServerVersion> {
    const HEADER_LINES: usize = 20;
    let lines = text.lines().take(HEADER_LINES);
    lines.filter_map(|line| line.strip_prefix("-- Server version")).find_map(|version| ServerVersion::parse(version.trim()))
}

fn problem(error: &DdlError) -> SchemaProblem {
    let hint = match error {
        DdlError::NoSchema { .. } => Some("Write `db.t`, or `USE db;` before it.".to_owned()),
        _ => None,
    };
    SchemaProblem { message: error.to_string(), hint, span: error.span() }
}

/// A table whose columns the file does not tell.
fn unclear(effect: &DdlEffect, span: &Range<usize>) -> Option<SchemaProblem> {
    let message = match effect {
        DdlEffect::CreatedUnknown(table) => format!("the columns of `{table}` are not in the file"),
        DdlEffect::AlteredUnknown(table) => format!("`{table}` is altered, but the file does not create it before"),
        _ => return None,
    };
    Some(SchemaProblem { message, hint: Some("List the columns: SHOW CREATE TABLE prints them.".to_owned()), span: span.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TableName;

    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let (history, problems) = read_schema_file(text, ServerVersion::MYSQL_9_7);
        (history.tables().map(|table| table.name.to_string()).collect(), problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn a_dump_gives_its_tables_and_nothing_else() {
        let dump = "-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB\n--\n-- Server version\t10.11.19-MariaDB-log\n
            /*!40101 SET NAMES utf8mb4 */;\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ `s` /*!40100 DEFAULT CHARACTER SET latin1 */;\nUSE `s`;
            DROP TABLE IF EXISTS `t`;
            CREATE TABLE `t` (`a` int(11) NOT NULL, `c` varchar(3) DEFAULT ';', `j` json, PRIMARY KEY (`a`)) ENGINE=InnoDB;
            LOCK TABLES `t` WRITE; INSERT INTO `t` VALUES (1,'; CREATE TABLE x'),(2,'it''s'); UNLOCK TABLES;
            DELIMITER ;;
            /*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN
              SET NEW.a = 1; SET NEW.c = 'x'; END */;;
            DELIMITER ;
            /*!50001 CREATE VIEW `v` AS SELECT 1 AS `a`*/;
            CREATE TABLE other.u (a int)";
        assert_eq!(read(dump), (vec!["other.u".into(), "s.t".into()], vec![]));
        let (history, _) = read_schema_file(dump, ServerVersion::MYSQL_9_7);
        let table = history.get(&TableName::new("s", "t")).expect("the dump creates it");
        let collations: Vec<_> = table.columns.iter().map(|column| column.ty.collation().map(|collation| collation.name())).collect();
        assert_eq!(collations, [None, Some("latin1_swedish_ci"), Some("utf8mb4_bin")]);
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let text = "CREATE TABLE t (a int); USE s; CREATE TABLE a (a strange); CREATE TABLE b AS SELECT 1; CREATE TABLE c (a int); `";
        let (tables, problems) = read(text);
        assert_eq!(tables, ["s.c"]);
        assert_eq!(
            problems,
            [
                "table `t` names no schema",
                "column type `strange` at byte 49 is not known, so its effect on the table is not",
                "the columns of `s.b` are not in the file",
                "the name at byte 111 never ends"
            ]
        );
    }
}
