//! One SQL script for each target table, in a folder for each server, and an `all.sql` that runs them.
//!
//! The scripts are written into `DIR.partial`, which becomes `DIR` when the whole capture has gone through: a folder
//! that has its name is complete.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use super::{
    LoadError, Loader, RoutedSet,
    file_name::escape,
    literal::write_name,
    statement::{settable, write_delete, write_insert_head, write_row, write_update},
    target_table::create_statements,
    window::RowView,
};
use crate::mapping::{MissingTable, Place, PlaceId, RoutedBatch, Transition};

/// What every script sets before its first statement: values arrive exact or not at all.
const SESSION: &str = "SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
SET foreign_key_checks = 0;
SET autocommit = 0;
";
/// A statement of many rows ends here; well below the least default of max_allowed_packet, 16 MiB.
const STATEMENT_LIMIT_BYTES: usize = 1 << 20;
/// How much text a transaction of a script holds before it is committed.
const TRANSACTION_LIMIT_BYTES: usize = 4 << 20;
/// How much text is kept in memory for all scripts before it is appended to their files.
const BUFFER_LIMIT_BYTES: usize = 16 << 20;
/// The first line of `all.sql`, by which a folder is known as ours.
const MARK: &str = "-- Scripts of `rowgate replay`";

/// What to do about a folder that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Refuse it, unless it is empty.
    Keep,
    /// Replace it, if an earlier replay left it.
    Replace,
}

/// Writes mutations as SQL scripts.
pub struct SqlScripts {
    folder: PathBuf,
    partial: PathBuf,
    scripts: BTreeMap<PlaceId, Script>,
    buffered_bytes: usize,
}

/// One target table's script.
struct Script {
    path: PathBuf,
    /// The quoted name of the target table.
    table: String,
    /// Text that is not in the file yet.
    text: String,
    /// The columns of the INSERT whose rows are being added, and the bytes of its text.
    open_insert: Option<(Vec<String>, usize)>,
    uncommitted_bytes: usize,
}

impl SqlScripts {
    /// Prepares `folder`; writes nothing under its own name before [`Loader::finish`].
    pub fn create(folder: &Path, existing: Existing) -> Result<Self, LoadError> {
        let failed = |path: &Path, cause| LoadError::Write { path: path.to_owned(), cause };
        if folder.exists() && !is_empty(folder).map_err(|cause| failed(folder, cause))? {
            let ours = fs::read_to_string(folder.join("all.sql")).is_ok_and(|text| text.starts_with(MARK)) || has_marked_server(folder);
            match existing {
                Existing::Keep => return Err(LoadError::FolderInUse { path: folder.to_owned(), ours }),
                Existing::Replace if !ours => return Err(LoadError::FolderInUse { path: folder.to_owned(), ours }),
                Existing::Replace => {}
            }
        }
        let mut name = folder.file_name().map(ToOwned::to_owned).unwrap_or_default();
        name.push(".partial");
        let partial = folder.with_file_name(name);
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(|cause| failed(&partial, cause))?;
        }
        fs::create_dir_all(&partial).map_err(|cause| failed(&partial, cause))?;
        Ok(Self { folder: folder.to_owned(), partial, scripts: BTreeMap::new(), buffered_bytes: 0 })
    }

    fn flush_all(&mut self) -> Result<(), LoadError> {
        for script in self.scripts.values_mut() {
            script.flush()?;
        }
        self.buffered_bytes = 0;
        Ok(())
    }

    /// `all.sql` of every server, which runs that server's scripts in the order of their names.
    fn write_lists(&self) -> Result<(), LoadError> {
        let servers: BTreeSet<&Path> = self.scripts.values().filter_map(|script| script.path.parent()).collect();
        for server in servers {
            let mut text = format!("{MARK}; in this folder: mariadb … < all.sql, or mysql --commands … < all.sql\n");
            let mut names: Vec<_> = self
                .scripts
                .values()
                .filter(|script| script.path.parent() == Some(server))
                .filter_map(|script| script.path.file_name())
                .collect();
            names.sort();
            for name in names {
                text.push_str(&format!("source {}\n", name.display()));
            }
            let path = server.join("all.sql");
            fs::write(&path, text).map_err(|cause| LoadError::Write { path, cause })?;
        }
        Ok(())
    }
}

impl Loader for SqlScripts {
    fn load(&mut self, routed: &RoutedSet) -> Result<(), LoadError> {
        for change in routed.changes() {
            for batch in change.routed {
                self.write(routed, batch, &batch.transitions[change.index]);
            }
            if self.buffered_bytes > BUFFER_LIMIT_BYTES {
                self.flush_all()?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), LoadError> {
        self.scripts.values_mut().for_each(Script::commit);
        self.flush_all()?;
        self.write_lists()?;
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).map_err(|cause| LoadError::Write { path: self.folder.clone(), cause })?;
        }
        fs::rename(&self.partial, &self.folder).map_err(|cause| LoadError::Write { path: self.folder.clone(), cause })
    }
}

impl SqlScripts {
    fn write(&mut self, routed: &RoutedSet, batch: &RoutedBatch, transition: &Transition) {
        let mut at = |id: PlaceId, write: &dyn Fn(&mut Script)| {
            let script = self.scripts.entry(id).or_insert_with(|| Script::new(&self.partial, routed.places.get(id), batch));
            let before = script.text.len();
            write(script);
            let written = script.text.len() - before;
            self.buffered_bytes += written;
        };
        match transition {
            Transition::Nothing(_) | Transition::Failed(_) => {}
            &Transition::Insert { to, after } => at(to, &|script| script.put(batch, after as usize)),
            &Transition::Update { at: place, after, .. } if puts(batch, after) => at(place, &|script| script.put(batch, after as usize)),
            &Transition::Delete { from, before } => at(from, &|script| script.delete(batch, before as usize)),
            &Transition::Update { at: place, before, after } => at(place, &|script| script.update(batch, before as usize, after as usize)),
            // Another key in the same table: one statement, which also keeps columns that the images lack.
            &Transition::Move { from, to, before, after } if from == to && !puts(batch, after) => {
                at(to, &|script| script.update(batch, before as usize, after as usize));
            }
            &Transition::Move { from, to, before, after } => {
                at(from, &|script| script.delete(batch, before as usize));
                at(to, &|script| script.put(batch, after as usize));
            }
        }
    }
}

/// Whether an update puts the row whatever the target holds: an event mapping may never have put it before.
fn puts(batch: &RoutedBatch, after: u32) -> bool {
    batch.mapping.is_event_mapping() && RowView { batch, row: after as usize }.is_whole()
}

impl Script {
    fn new(folder: &Path, place: &Place, first: &RoutedBatch) -> Self {
        let path = folder.join(escape(&place.server)).join(format!("{}.{}.sql", escape(&place.schema), escape(&place.table)));
        let mut table = String::new();
        write_name(&place.schema, &mut table);
        table.push('.');
        write_name(&place.table, &mut table);
        let mut text = SESSION.to_owned();
        if first.mapping.policies().on_missing_table == MissingTable::Create {
            text.push_str(&create_statements(first.layout(), place));
        }
        Self { path, table, text, open_insert: None, uncommitted_bytes: 0 }
    }

    /// Inserts the row; of an event mapping in place of the one that has its key.
    fn put(&mut self, batch: &RoutedBatch, after: usize) {
        if batch.mapping.is_event_mapping() && !batch.layout().is_keyless() {
            self.delete(batch, after);
        }
        self.insert(batch, after);
    }

    fn insert(&mut self, batch: &RoutedBatch, after: usize) {
        let columns = settable(batch, after);
        let names = || columns.iter().map(|&column| batch.layout().columns[column].name.clone()).collect::<Vec<_>>();
        let fits = self.open_insert.as_ref().is_some_and(|(open, bytes)| {
            *bytes < STATEMENT_LIMIT_BYTES
                && open.len() == columns.len()
                && open.iter().zip(&columns).all(|(name, &column)| *name == batch.layout().columns[column].name)
        });
        let start = self.text.len();
        if fits {
            self.text.push_str(",\n");
        } else {
            self.close_insert();
            write_insert_head("INSERT", &self.table, batch, &columns, &mut self.text);
            self.text.push('\n');
            self.open_insert = Some((names(), 0));
        }
        write_row(batch, &columns, after, &mut self.text);
        let written = self.text.len() - start;
        if let Some((_, bytes)) = &mut self.open_insert {
            *bytes += written;
        }
        self.uncommitted_bytes += written;
    }

    fn update(&mut self, batch: &RoutedBatch, before: usize, after: usize) {
        let columns = settable(batch, after);
        let (before, after) = (RowView { batch, row: before }, RowView { batch, row: after });
        self.statement(|table, text| write_update(table, &columns, before, after, text));
    }

    fn delete(&mut self, batch: &RoutedBatch, before: usize) {
        self.statement(|table, text| write_delete(table, batch, before, text));
    }

    fn statement(&mut self, write: impl FnOnce(&str, &mut String)) {
        self.close_insert();
        let start = self.text.len();
        write(&self.table, &mut self.text);
        self.uncommitted_bytes += self.text.len() - start;
        if self.uncommitted_bytes > TRANSACTION_LIMIT_BYTES {
            self.commit();
        }
    }

    fn close_insert(&mut self) {
        if self.open_insert.take().is_some() {
            self.text.push_str(";\n");
            if self.uncommitted_bytes > TRANSACTION_LIMIT_BYTES {
                self.commit();
            }
        }
    }

    fn commit(&mut self) {
        if self.open_insert.take().is_some() {
            self.text.push_str(";\n");
        }
        if self.uncommitted_bytes > 0 {
            self.text.push_str("COMMIT;\n");
            self.uncommitted_bytes = 0;
        }
    }

    fn flush(&mut self) -> Result<(), LoadError> {
        let failed = |cause| LoadError::Write { path: self.path.clone(), cause };
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file = File::options().create(true).append(true).open(&self.path).map_err(failed)?;
        file.write_all(self.text.as_bytes()).map_err(failed)?;
        self.text.clear();
        // A row of 16 MB should not keep its memory for the rest of the capture.
        self.text.shrink_to(STATEMENT_LIMIT_BYTES);
        Ok(())
    }
}

fn is_empty(folder: &Path) -> std::io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}

/// Whether a subfolder holds an `all.sql` of ours.
fn has_marked_server(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| fs::read_to_string(entry.path().join("all.sql")).is_ok_and(|text| text.starts_with(MARK))))
    })
}
