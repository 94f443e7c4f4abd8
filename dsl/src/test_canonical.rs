//! A `TEST` statement as text that `parse` reads back to the same tree. No fingerprint depends on it: tests carry no rows.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::canonical::{Bare, Quoted};
use crate::test_tree::{ExpectedPlace, ExpectedResult, GivenChange, RowChange, Test, TestRow};

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "TEST {}", Quoted(&self.name.value))?;
        for (at, option) in self.options.iter().enumerate() {
            let before = if at == 0 { " WITH (" } else { ", " };
            write!(f, "{before}{} = {}", Bare(&option.name), option.value)?;
        }
        f.write_str(if self.options.is_empty() { "\nGIVEN " } else { ")\nGIVEN " })?;
        for (at, change) in self.given.iter().enumerate() {
            write!(f, "{}{change}", if at == 0 { "" } else { ",\n      " })?;
        }
        f.write_str("\nEXPECT ")?;
        if self.expected.is_empty() {
            return f.write_str("NOTHING");
        }
        for (at, result) in self.expected.iter().enumerate() {
            write!(f, "{}{result}", if at == 0 { "" } else { ",\n       " })?;
        }
        Ok(())
    }
}

impl Display for GivenChange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_change(f, &self.change, format_args!("{}.{}", Bare(&self.schema), Bare(&self.table)))
    }
}

impl Display for ExpectedResult {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { place, change, .. } => write_change(f, change, format_args!("{place}")),
            Self::Error { reason, .. } => write!(f, "ERROR {}", Bare(reason)),
        }
    }
}

impl Display for ExpectedPlace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Bare(&self.schema), Bare(&self.table))?;
        self.server.as_ref().map_or(Ok(()), |server| write!(f, " ON {}", Quoted(&server.value)))
    }
}

impl Display for TestRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, (column, value)) in self.cells.iter().enumerate() {
            write!(f, "{}{} = {value}", if at == 0 { "(" } else { ", " }, Bare(column))?;
        }
        f.write_char(')')
    }
}

fn write_change(f: &mut Formatter<'_>, change: &RowChange, place: fmt::Arguments<'_>) -> fmt::Result {
    match change {
        RowChange::Insert(row) => write!(f, "INSERT INTO {place} {row}"),
        RowChange::Delete(row) => write!(f, "DELETE FROM {place} {row}"),
        RowChange::Update(row, None) => write!(f, "UPDATE {place} {row}"),
        RowChange::Update(row, Some(to)) => write!(f, "UPDATE {place} {row} TO {to}"),
    }
}
