//! One layout of rows bound to one target table: which columns are written, what identifies a row, and which values of it
//! the target's unique indexes see.

use std::sync::Arc;

use super::{
    BindError,
    index_value::{IndexValue, Seen},
    narrowing::narrowing,
    refusal::check_is_loadable,
};
use crate::{
    load::{
        cell_bytes::{leading_order, write_cell_bytes},
        window::RowView,
    },
    mapping::TargetLayout,
    mysql::{IndexPart, TargetDefinition, UniqueIndex},
    schema::{Charset, ColumnType},
};

/// A layout bound to a target table.
pub(crate) struct TableBinding {
    pub(crate) layout: Arc<TargetLayout>,
    pub(crate) definition: Arc<TargetDefinition>,
    /// The layout's columns that statements set.
    pub(crate) written: Vec<usize>,
    /// Whether `written` are all of the target's columns that can be set.
    pub(crate) writes_all: bool,
    /// How a row that stays under its key is changed.
    pub(crate) updates: UpdateWay,
    /// Whether the target's columns hold texts in the charset that rows have them in, so that their bytes may be sent as they are.
    pub(crate) keeps_charsets: bool,
    /// Whether a row's key is its only value in a unique index, byte for byte: then no two rows can meet.
    pub(crate) is_key_alone: bool,
    indexes: Vec<BoundIndex>,
    /// The index within the key by which rows are found, and its columns in the layout.
    key_index: Option<(usize, Vec<usize>)>,
}

/// How a row that stays under its key is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpdateWay {
    /// INSERT … ON DUPLICATE KEY UPDATE: the key is the only unique index, so that no other row can be hit (LD-8).
    Upsert,
    /// The old row is deleted and the new one inserted: the mapping writes every column.
    Replace,
    /// UPDATE by key: the target has columns of its own.
    InPlace,
}

/// A unique index of the target.
struct BoundIndex {
    /// Its place among the target's indexes.
    number: u32,
    /// The layout's column of each part; none where the index's equality cannot be told from the row.
    parts: Option<Vec<(usize, IndexValue)>>,
}

/// What a row puts into the target's unique indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum UniqueValue {
    /// The hash of an entry. Two entries with one hash only make a component coarser.
    Entry(u64),
    /// The index cannot be read from the row: all rows of the table are one component.
    WholeTable,
}

impl TableBinding {
    /// Binds, or says why rows of this layout cannot go there.
    pub(crate) fn new(layout: &Arc<TargetLayout>, definition: &Arc<TargetDefinition>) -> Result<Self, BindError> {
        let table = &definition.table;
        check_is_loadable(definition)?;
        let mut written = Vec::new();
        let mut target_column = vec![None; layout.columns.len()];
        let mut keeps_charsets = true;
        for (index, column) in layout.columns.iter().enumerate() {
            let found = table.column_index(&column.name);
            target_column[index] = found;
            match found {
                None if column.generated => {}
                None => return Err(BindError::NoColumn { table: table.name.clone(), column: column.name.clone() }),
                Some(found) if column.generated || table.columns[found].generated => {}
                Some(found) => {
                    if let Some(narrowing) = narrowing(column, &table.columns[found].ty) {
                        return Err(BindError::Narrower { table: table.name.clone(), column: column.name.clone(), narrowing });
                    }
                    keeps_charsets &= keeps_charset(&column.ty, &table.columns[found].ty);
                    written.push(index);
                }
            }
        }
        let indexes: Vec<BoundIndex> = definition
            .unique_indexes
            .iter()
            .enumerate()
            .map(|(number, index)| bound_index(number as u32, index, layout, &target_column, definition))
            .collect();
        let is_of_key = |index: &UniqueIndex| {
            index.parts.iter().all(|part| {
                part.prefix_chars.is_none()
                    && part.column.is_some_and(|column| layout.key.iter().any(|&key| target_column[key] == Some(column)))
            })
        };
        let key_index = definition.unique_indexes.iter().position(is_of_key).filter(|_| !layout.is_keyless());
        if !layout.is_keyless() && key_index.is_none() {
            let key = layout.key.iter().map(|&column| layout.columns[column].name.clone()).collect();
            return Err(BindError::NoIndexOfKey { table: table.name.clone(), key });
        }
        let sole = matches!(&definition.unique_indexes[..], [index] if is_of_key(index));
        let writes_all = (0..table.columns.len())
            .all(|column| table.columns[column].generated || written.iter().any(|&index| target_column[index] == Some(column)));
        // A NULL in a unique index meets nothing: an upsert of such a row would insert it again.
        let never_null = layout.key.iter().all(|&key| target_column[key].is_some_and(|column| !table.columns[column].nullable));
        let updates = match (sole && never_null, writes_all) {
            (true, _) => UpdateWay::Upsert,
            (false, true) => UpdateWay::Replace,
            (false, false) => UpdateWay::InPlace,
        };
        let covers_key = |parts: &Vec<(usize, IndexValue)>| {
            parts.len() == layout.key.len() && parts.iter().all(|(column, value)| value.is_exact() && layout.key.contains(column))
        };
        let is_key_alone = sole && indexes.iter().all(|index| index.parts.as_ref().is_some_and(covers_key));
        let key_index = key_index.map(|index| {
            let layout_column = |part: &IndexPart| target_column.iter().position(|&target| target == part.column);
            (index, definition.unique_indexes[index].parts.iter().filter_map(layout_column).collect())
        });
        let (layout, definition) = (Arc::clone(layout), Arc::clone(definition));
        Ok(Self { layout, definition, written, writes_all, updates, is_key_alone, keeps_charsets, indexes, key_index })
    }

    /// Whether an upsert changes rows and leaves the target's own columns alone.
    pub(crate) fn keeps_own_columns(&self) -> bool {
        self.updates == UpdateWay::Upsert && !self.writes_all && self.written.iter().any(|column| !self.layout.key.contains(column))
    }

    /// Appends the bytes of the row's key, which tell it from every other row.
    pub(crate) fn write_key(&self, row: RowView<'_>, out: &mut Vec<u8>) {
        self.layout.key.iter().for_each(|&column| write_cell_bytes(row.array(column), row.row, out));
    }

    /// What the row puts into the target's unique indexes; an entry with a NULL part meets no other.
    pub(crate) fn unique_values(&self, row: RowView<'_>, hash: impl Fn(&[u8]) -> u64, mut take: impl FnMut(UniqueValue)) {
        let mut entry = Vec::new();
        for index in &self.indexes {
            let Some(parts) = &index.parts else {
                take(UniqueValue::WholeTable);
                continue;
            };
            entry.clear();
            entry.extend_from_slice(&index.number.to_le_bytes());
            if parts.iter().all(|(column, value)| value.write(row.array(*column), row.row, &mut entry) == Seen::Value) {
                take(UniqueValue::Entry(hash(&entry)));
            }
        }
    }

    /// Whether both rows put the same bytes into every unique index, so that an UPDATE moves no entry.
    pub(crate) fn keeps_unique_values(&self, before: RowView<'_>, after: RowView<'_>) -> bool {
        self.indexes.iter().all(|index| match &index.parts {
            Some(parts) => before.is_same(&after, parts.iter().map(|(column, _)| *column)),
            None => false,
        })
    }

    /// The columns by which rows are looked up: those of an index, and the whole key where it has more.
    pub(crate) fn key_lists(&self) -> impl Iterator<Item = &[usize]> {
        let index = self.key_index.as_ref().map(|(_, columns)| columns.as_slice());
        let whole = Some(self.layout.key.as_slice()).filter(|key| index.is_none_or(|index| index.len() < key.len()));
        index.into_iter().chain(whole)
    }

    /// About where the row lies in the index that finds it.
    pub(crate) fn place_in_index(&self, row: RowView<'_>) -> u64 {
        self.key_lists().next().and_then(<[usize]>::first).map_or(0, |&column| leading_order(row.array(column), row.row))
    }

    /// The index that finds rows.
    pub(crate) fn key_index(&self) -> Option<&UniqueIndex> {
        self.key_index.as_ref().map(|(index, _)| &self.definition.unique_indexes[*index])
    }

    /// Whether a part of the row's key is NULL, which `=` never finds.
    pub(crate) fn has_null_key(&self, row: RowView<'_>) -> bool {
        self.layout.key.iter().any(|&column| row.array(column).is_null(row.row))
    }
}

/// Whether the bytes of a text, or the UTF-8 that another value is printed in, are those that the column stores.
fn keeps_charset(from: &ColumnType, to: &ColumnType) -> bool {
    match (from.collation(), to.collation()) {
        (Some(from), Some(to)) => from.charset() == to.charset(),
        (None, Some(to)) => to.charset() == Charset::UTF8MB4,
        (_, None) => true,
    }
}

fn bound_index(
    number: u32,
    index: &UniqueIndex,
    layout: &TargetLayout,
    target_column: &[Option<usize>],
    definition: &TargetDefinition,
) -> BoundIndex {
    let part = |part: &IndexPart| {
        let column = part.column?;
        let from = target_column.iter().position(|&target| target == Some(column))?;
        let target = &definition.table.columns[column];
        let value = IndexValue::of(&layout.columns[from].ty, &target.ty, part.prefix_chars).filter(|_| !target.generated)?;
        Some((from, value))
    };
    BoundIndex { number, parts: index.parts.iter().map(part).collect() }
}
