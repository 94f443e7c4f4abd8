//! A lookup in a CSV file: RFC 4180, in UTF-8, with a header; its columns' types are declared.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::{
    LookupError, LookupSource,
    cells::{Cells, Writer},
};
use crate::{
    mapping::{LookupColumn, LookupTable, Origin},
    schema::{Charset, ColumnType},
};

/// A column that is read: its field in each record.
struct ReadColumn<'s> {
    name: &'s str,
    ty: &'s ColumnType,
    field: usize,
    cells: Cells,
}

pub(super) fn read(
    source: &LookupSource,
    path: &Path,
    columns: &[(String, ColumnType)],
    null: &str,
    wanted: &BTreeSet<String>,
) -> Result<LookupTable, LookupError> {
    let failed = |error: csv::Error| unreadable(source, path, error);
    let mut reader = ReaderBuilder::new().from_path(path).map_err(failed)?;
    let mut read = columns_of(source, path, &mut reader, columns, wanted)?;
    let (mut record, mut starts, mut bytes) = (ByteRecord::new(), Vec::new(), 0);
    while reader.read_byte_record(&mut record).map_err(failed)? {
        let start = record.position().map_or(0, csv::Position::byte);
        starts.push(start);
        for column in &mut read {
            let field = record.get(column.field).unwrap_or_default();
            bytes += field.len() as u64;
            if field == null.as_bytes() {
                column.cells.push_null();
                continue;
            }
            if let Err(problem) = column.cells.push(field, Writer::Utf8) {
                return Err(at_line(source, path, start, format!("`{}` {problem}", column.name)));
            }
        }
        source.limits.accept(&source.name, starts.len() as u64, bytes)?;
    }
    let finish = |column: ReadColumn<'_>| {
        let cells = column.cells.finish().map_err(|error| source.column_error(column.name, error.to_string()))?;
        Ok(LookupColumn { name: column.name.to_owned(), ty: column.ty.clone(), cells })
    };
    let lines = lines_of(path, &starts).map_err(|error| unreadable(source, path, error.into()))?;
    let columns = read.into_iter().map(finish).collect::<Result<_, LookupError>>()?;
    Ok(LookupTable::new(&source.name, columns, Origin::Lines { file: path.display().to_string(), lines }))
}

/// The declared columns that mappings read, as the header places them.
fn columns_of<'s>(
    source: &LookupSource,
    path: &Path,
    reader: &mut Reader<File>,
    columns: &'s [(String, ColumnType)],
    wanted: &BTreeSet<String>,
) -> Result<Vec<ReadColumn<'s>>, LookupError> {
    let header = reader.byte_headers().map_err(|error| unreadable(source, path, error))?;
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').to_owned()).collect();
    let mut read = Vec::new();
    for (name, ty) in columns {
        let same = |other: &String| other.to_lowercase() == name.to_lowercase();
        let Some(field) = names.iter().position(same) else {
            let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            return Err(source.column_error(name, format!("is declared, and the header of `{}` has {names}", path.display())));
        };
        if names.iter().filter(|other| same(other)).count() > 1 {
            return Err(source.column_error(name, format!("stands twice in the header of `{}`", path.display())));
        }
        let charset = ty.collation().map(|collation| collation.charset());
        if charset.is_some_and(|charset| ![Charset::UTF8MB4, Charset::UTF8MB3, Charset::ASCII].contains(&charset)) {
            return Err(source.column_error(name, "is declared in a charset that no CSV file has: it is UTF-8"));
        }
        let Some(cells) = Cells::of(ty) else { return Err(source.column_error(name, "has a type that lookups do not read")) };
        if wanted.contains(&name.to_lowercase()) {
            read.push(ReadColumn { name, ty, field, cells });
        }
    }
    Ok(read)
}

fn unreadable(source: &LookupSource, path: &Path, error: csv::Error) -> LookupError {
    let start = error.position().map(csv::Position::byte);
    match (error.kind(), start) {
        (csv::ErrorKind::UnequalLengths { expected_len, len, .. }, Some(start)) => {
            at_line(source, path, start, format!("has {len} fields, and the header has {expected_len}"))
        }
        _ => LookupError::Read { lookup: source.name.clone(), path: path.to_owned(), cause: error.into() },
    }
}

fn at_line(source: &LookupSource, path: &Path, start: u64, problem: String) -> LookupError {
    let (lookup, path) = (source.name.clone(), path.to_owned());
    match lines_of(&path, &[start]) {
        Ok(lines) => LookupError::Line { lookup, path, line: lines.first().copied().unwrap_or_default(), problem },
        Err(error) => LookupError::Read { lookup, path, cause: error.into() },
    }
}

/// The lines in which records begin that the reader began to look for at these bytes: it does not count the empty lines before them.
fn lines_of(path: &Path, starts: &[u64]) -> io::Result<Vec<u64>> {
    let mut lines = Vec::with_capacity(starts.len());
    let (mut line, mut starts) = (1, starts.iter().peekable());
    for (at, byte) in (0_u64..).zip(BufReader::new(File::open(path)?).bytes()) {
        let byte = byte?;
        if !matches!(byte, b'\r' | b'\n') && starts.next_if(|start| **start <= at).is_some() {
            lines.push(line);
        }
        if starts.peek().is_none() {
            break;
        }
        line += u64::from(byte == b'\n');
    }
    Ok(lines)
}
