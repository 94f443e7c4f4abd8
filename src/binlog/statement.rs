//! What the statement of a query event does, from its first words: it bounds a transaction, changes definitions, changes rows, or neither.
//!
//! What is not known counts as a change of rows: nothing that may carry rows is skipped.

use crate::schema::TableName;

/// What a statement does to the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement<'a> {
    /// Begins a transaction.
    Begin,
    /// Ends it; its rows stay.
    Commit,
    /// Ends it; its rows go.
    Rollback,
    /// Marks a place within it, by the name as written.
    Savepoint(&'a str),
    /// Takes rows back to such a place.
    RollbackTo(&'a str),
    /// Begins an XA transaction.
    XaStart,
    /// Ends its statements; it goes on to be prepared or committed.
    XaEnd,
    /// Commits a prepared XA transaction, by its identifier as written.
    XaCommit(&'a str),
    /// Takes it back.
    XaRollback(&'a str),
    /// Creates, alters, drops, renames or truncates something; the text that says it.
    Definition(&'a str),
    /// Empties a table: what servers write when they find a MEMORY table empty after a restart.
    Empties(TableName),
    /// Changes rows, or may; its first word.
    Rows(&'a str),
    /// Changes neither rows nor definitions.
    Nothing,
}

impl<'a> Statement<'a> {
    /// Tells what a statement does.
    pub(super) fn of(sql: &'a str, default_schema: &str, backslash_escapes: bool) -> Self {
        let mut words = Words::new(sql, backslash_escapes);
        let Some(first) = words.next() else { return Self::Nothing };
        let word = first.text;
        match word.to_ascii_uppercase().as_str() {
            "BEGIN" => match words.keyword().as_deref() {
                None | Some("WORK") => Self::Begin,
                Some(_) => Self::Rows(word),
            },
            "START" if words.keyword().as_deref() == Some("TRANSACTION") => Self::Begin,
            "COMMIT" => Self::Commit,
            "ROLLBACK" => rollback(words),
            "SAVEPOINT" => Self::Savepoint(words.next().map_or("", |name| name.text)),
            "XA" => xa(words, word),
            "CREATE" | "ALTER" | "DROP" | "RENAME" | "TRUNCATE" => definition(sql, first, words),
            "SET" => set(sql, words, default_schema, backslash_escapes),
            "DELETE" => empties(words, default_schema).map_or(Self::Rows(word), Self::Empties),
            "GRANT" | "REVOKE" | "FLUSH" | "ANALYZE" | "OPTIMIZE" | "REPAIR" | "CHECK" | "CHECKSUM" | "INSTALL" | "UNINSTALL"
            | "RELEASE" | "CACHE" | "RESET" | "PURGE" | "USE" | "UNLOCK" | "BACKUP" => Self::Nothing,
            _ => Self::Rows(word),
        }
    }
}

/// `ROLLBACK [WORK] [TO [SAVEPOINT] name]`.
fn rollback(mut words: Words<'_>) -> Statement<'_> {
    loop {
        let Some(word) = words.next() else { return Statement::Rollback };
        match word.text.to_ascii_uppercase().as_str() {
            "TO" => {}
            _ => continue,
        }
        let Some(name) = words.next() else { return Statement::RollbackTo("") };
        if name.text.eq_ignore_ascii_case("SAVEPOINT")
            && let Some(name) = words.next()
        {
            return Statement::RollbackTo(name.text);
        }
        return Statement::RollbackTo(name.text);
    }
}

/// `XA START|END|COMMIT|ROLLBACK xid`.
fn xa<'a>(mut words: Words<'a>, word: &'a str) -> Statement<'a> {
    let Some(verb) = words.next() else { return Statement::Rows(word) };
    let xid = words.rest().trim();
    match verb.text.to_ascii_uppercase().as_str() {
        "START" | "BEGIN" => Statement::XaStart,
        "END" => Statement::XaEnd,
        "COMMIT" => Statement::XaCommit(xid),
        "ROLLBACK" => Statement::XaRollback(xid),
        _ => Statement::Rows(word),
    }
}

/// A definition, unless it is of a temporary table, which has no rows that count.
fn definition<'a>(sql: &'a str, first: Word<'a>, mut words: Words<'a>) -> Statement<'a> {
    let all = &sql[first.start..];
    loop {
        match words.keyword().as_deref() {
            Some("OR" | "REPLACE" | "ONLINE" | "OFFLINE" | "IGNORE") => {}
            Some("TEMPORARY") => return Statement::Nothing,
            _ => return Statement::Definition(all),
        }
    }
}

/// Whether a definition is a `CREATE TABLE … SELECT`, which copies rows that are not in the binlog.
pub(super) fn copies_rows(sql: &str, backslash_escapes: bool) -> bool {
    let mut words = Words::new(sql, backslash_escapes);
    if words.keyword().as_deref() != Some("CREATE") {
        return false;
    }
    loop {
        match words.keyword().as_deref() {
            Some("OR" | "REPLACE") => {}
            Some("TABLE") => return words.any(|word| !word.quoted && word.text.eq_ignore_ascii_case("SELECT")),
            _ => return false,
        }
    }
}

/// `SET STATEMENT variable = value, … FOR statement` does what the statement does; every other SET does nothing here.
fn set<'a>(sql: &'a str, mut words: Words<'a>, default_schema: &str, backslash_escapes: bool) -> Statement<'a> {
    if words.keyword().as_deref() != Some("STATEMENT") {
        return Statement::Nothing;
    }
    while let Some(word) = words.next() {
        if !word.quoted && word.text.eq_ignore_ascii_case("FOR") {
            return Statement::of(&sql[sql.len() - words.rest().len()..], default_schema, backslash_escapes);
        }
    }
    Statement::Nothing
}

/// `DELETE FROM [schema.]table` and nothing more.
fn empties(mut words: Words<'_>, default_schema: &str) -> Option<TableName> {
    if words.keyword()? != "FROM" {
        return None;
    }
    let first = words.next()?.name()?;
    let Some(dot) = words.next() else { return Some(TableName::new(default_schema, first)) };
    if dot.text == "." {
        let table = words.next()?.name()?;
        return words.next().is_none().then(|| TableName::new(first, table));
    }
    None
}

/// The table that a CREATE or ALTER TABLE is about.
pub(super) fn target(sql: &str, default_schema: &str, backslash_escapes: bool) -> Option<TableName> {
    let mut words = Words::new(sql, backslash_escapes);
    while words.keyword()? != "TABLE" {}
    let mut first = words.next()?;
    while !first.quoted && ["IF", "NOT", "EXISTS"].iter().any(|word| first.text.eq_ignore_ascii_case(word)) {
        first = words.next()?;
    }
    match words.next() {
        Some(dot) if dot.text == "." => Some(TableName::new(first.name()?, words.next()?.name()?)),
        _ => Some(TableName::new(default_schema, first.name()?)),
    }
}

/// A word, a quoted text with its quotes, or one other character.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    start: usize,
    quoted: bool,
}

impl Word<'_> {
    /// The name it is.
    fn name(self) -> Option<String> {
        match self.text.as_bytes().first()? {
            b'`' => Some(self.text[1..].strip_suffix('`')?.replace("``", "`")),
            first if !self.quoted && is_word_byte(*first) => Some(self.text.to_owned()),
            _ => None,
        }
    }
}

/// The words of a statement, comments left out. `/*!50100 … */` and `/*M!100100 … */` are no comments: servers run what they hold.
#[derive(Debug, Clone, Copy)]
struct Words<'a> {
    sql: &'a str,
    at: usize,
    backslash_escapes: bool,
}

impl<'a> Words<'a> {
    fn new(sql: &'a str, backslash_escapes: bool) -> Self {
        Self { sql, at: 0, backslash_escapes }
    }

    /// What was not read.
    fn rest(&self) -> &'a str {
        &self.sql[self.at..]
    }

    /// The next word in upper case; none when it is quoted or the statement ends.
    fn keyword(&mut self) -> Option<String> {
        self.next().filter(|word| !word.quoted).map(|word| word.text.to_ascii_uppercase())
    }

    /// Moves to the next word.
    fn skip_space_and_comments(&mut self) {
        loop {
            let rest = self.rest();
            let spaces = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\0').len();
            self.at += spaces;
            let rest = &rest[spaces..];
            let skipped = if rest.starts_with('#') || rest.starts_with("--") && rest[2..].starts_with(|c: char| c.is_ascii_whitespace()) {
                rest.find('\n').unwrap_or(rest.len())
            } else if let Some(inner) = rest.strip_prefix("/*!").or_else(|| rest.strip_prefix("/*M!")) {
                rest.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len()
            } else if let Some(inner) = rest.strip_prefix("/*") {
                inner.find("*/").map_or(rest.len(), |end| end + 4)
            } else if rest.starts_with("*/") {
                2
            } else {
                return;
            };
            self.at += skipped;
        }
    }

    /// The length of the quoted text at the start of `rest`.
    fn quoted_length(&self, rest: &str, quote: u8) -> usize {
        let bytes = rest.as_bytes();
        let mut at = 1;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if quote != b'`' && self.backslash_escapes => at += 2,
                byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
                byte if byte == quote => return at + 1,
                _ => at += 1,
            }
        }
        bytes.len()
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        self.skip_space_and_comments();
        let rest = self.rest();
        let first = *rest.as_bytes().first()?;
        let (length, quoted) = match first {
            b'\'' | b'"' | b'`' => (self.quoted_length(rest, first), true),
            byte if is_word_byte(byte) => (rest.bytes().position(|byte| !is_word_byte(byte)).unwrap_or(rest.len()), false),
            _ => (rest.chars().next()?.len_utf8(), false),
        };
        let start = self.at;
        self.at += length;
        Some(Word { text: &rest[..length], start, quoted })
    }
}

/// Letters, digits, `_`, `$` and all that is not ASCII.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Statement<'_> {
        Statement::of(sql, "d", true)
    }

    #[test]
    fn the_bounds_of_transactions_are_known() {
        for sql in ["BEGIN", "begin work", "START TRANSACTION", "/* x */ BEGIN"] {
            assert_eq!(of(sql), Statement::Begin, "{sql}");
        }
        assert_eq!(of("BEGIN NOT ATOMIC INSERT INTO t VALUES (1); END"), Statement::Rows("BEGIN"));
        assert_eq!(of("COMMIT"), Statement::Commit);
        assert_eq!(of("ROLLBACK /* added */"), Statement::Rollback);
        assert_eq!(of("SAVEPOINT `s 1`"), Statement::Savepoint("`s 1`"));
        assert_eq!(of("ROLLBACK TO `s 1`"), Statement::RollbackTo("`s 1`"));
        assert_eq!(of("rollback work to savepoint s"), Statement::RollbackTo("s"));
        assert_eq!(of("XA START X'7831',X'',1"), Statement::XaStart);
        assert_eq!(of("XA COMMIT X'7831',X'',1"), Statement::XaCommit("X'7831',X'',1"));
        assert_eq!(of("XA ROLLBACK X'7831',X'',1"), Statement::XaRollback("X'7831',X'',1"));
        assert_eq!(of("XA END X'7831',X'',1"), Statement::XaEnd);
    }

    #[test]
    fn definitions_are_passed_on_without_what_goes_before() {
        for sql in
            ["CREATE TABLE t (a INT)", "alter table t add b int", "DROP TABLE `t` /* generated */", "RENAME TABLE a TO b", "truncate t"]
        {
            assert_eq!(of(sql), Statement::Definition(sql));
        }
        assert_eq!(of("/*!40000 ALTER TABLE t DISABLE KEYS */"), Statement::Definition("ALTER TABLE t DISABLE KEYS */"));
        let set = "set statement max_statement_time=100, sql_mode='for' for alter table t add w int";
        assert_eq!(of(set), Statement::Definition("alter table t add w int"));
        let view = "CREATE OR REPLACE ALGORITHM=UNDEFINED VIEW v AS SELECT * FROM t";
        assert_eq!(of(view), Statement::Definition(view));
        let select_in_text = "CREATE TABLE t (a INT COMMENT 'it''s a \\' SELECT', `SELECT` INT /* SELECT */)";
        assert_eq!(of(select_in_text), Statement::Definition(select_in_text));
        assert_eq!(of("DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `x`"), Statement::Nothing);
    }

    #[test]
    fn statements_that_change_rows_or_may_are_told_by_their_first_word() {
        for (sql, word) in [
            ("insert into t values (1)", "insert"),
            ("-- note\n# more\nUPDATE t SET a = 1", "UPDATE"),
            ("/*!50000 REPLACE */ INTO t VALUES (1)", "REPLACE"),
            ("(SELECT 1)", "("),
            ("SELECT `d`.`f`()", "SELECT"),
            ("LOAD DATA INFILE 'x' INTO TABLE t", "LOAD"),
            ("CALL p()", "CALL"),
            ("DELETE FROM t WHERE a = 1", "DELETE"),
            ("DELETE t FROM t", "DELETE"),
            ("WITH x AS (SELECT 1) DELETE FROM t", "WITH"),
            ("set statement max_statement_time=100 for insert into t values (23, 'x')", "insert"),
            ("FROBNICATE t", "FROBNICATE"),
            ("'text'", "'text'"),
        ] {
            assert_eq!(of(sql), Statement::Rows(word), "{sql}");
        }
    }

    #[test]
    fn the_emptying_of_a_table_names_it() {
        assert_eq!(of("DELETE FROM `a``b`.`t`"), Statement::Empties(TableName::new("a`b", "t")));
        assert_eq!(of("delete from mem /* generated by server */"), Statement::Empties(TableName::new("d", "mem")));
    }

    #[test]
    fn a_table_made_from_a_select_has_rows() {
        for sql in ["create table t2 as select * from t", "CREATE OR REPLACE TABLE t2 (SELECT * FROM t)"] {
            assert!(copies_rows(sql, true), "{sql}");
        }
        for sql in ["CREATE VIEW v AS SELECT 1", "CREATE TABLE t (`select` INT COMMENT 'select' /* select */)", "CREATE TABLE a LIKE b"] {
            assert!(!copies_rows(sql, true), "{sql}");
        }
    }

    #[test]
    fn the_table_of_a_definition_is_found() {
        let target = |sql| target(sql, "d", true).map(|table| table.to_string());
        assert_eq!(target("ALTER TABLE t ADD a INT").as_deref(), Some("d.t"));
        assert_eq!(target("CREATE OR REPLACE TABLE IF NOT EXISTS `a b`.`t.t` (x INT)").as_deref(), Some("a b.t.t"));
        assert_eq!(target("alter online ignore table if exists s . t drop x").as_deref(), Some("s.t"));
        assert_eq!(target("CREATE VIEW v AS SELECT 1"), None);
    }

    #[test]
    fn statements_that_touch_no_rows_are_passed_over() {
        for sql in
            ["", " # Dummy", "GRANT SELECT ON d.* TO u", "SET PASSWORD FOR u = 'x'", "ANALYZE TABLE t", "FLUSH TABLES", "/* nothing */"]
        {
            assert_eq!(of(sql), Statement::Nothing, "{sql}");
        }
    }

    #[test]
    fn unfinished_texts_end_with_the_statement() {
        for sql in [
            "CREATE TABLE t (a INT COMMENT 'x",
            "CREATE TABLE t /*",
            "DELETE FROM `t",
            "CREATE TABLE t 'x\\",
            "SET STATEMENT a=1",
            "XA",
            "é",
        ] {
            of(sql);
        }
    }
}
