//! Rows events gathered into a set of changes: whole transactions, table by table.

use std::{collections::HashMap, sync::Arc};

use super::{
    DecodeError, ResolvedTable, RowsEventKind,
    rows_event::Rows,
    table_batch::{BatchSize, TableBatch},
};
use crate::{
    change::{ChangeSet, EventPlace, Transaction},
    position::BinlogOffset,
};

/// Gathers rows events until the reader closes the set.
#[derive(Debug, Default)]
pub struct ChangeSetBuilder {
    transactions: Vec<Transaction>,
    /// Whether the last transaction has not ended yet.
    is_open: bool,
    batches: Vec<TableBatch>,
    /// The batch of a resolved table, by its address, which the batch keeps alive.
    batch_of: HashMap<usize, usize>,
    /// How large the batches of the last set were, by the address of their table, which they keep alive.
    last_sizes: HashMap<usize, BatchSize>,
    images: usize,
    changes: u32,
    bytes: usize,
}

/// Where a rows event lies and when it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowsPlace {
    /// In bytes from the start of the file; the whole compressed transaction's where it is part of one.
    pub offset: u64,
    /// In bytes from the start of the inflated transaction, where it is part of one.
    pub inner: Option<u64>,
    /// The event's own time, in seconds since 1970 UTC.
    pub time_s: u32,
    /// The length of the post-header of its event type, as the format description says.
    pub post_header_length: u8,
}

impl ChangeSetBuilder {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a transaction; what follows belongs to it until it ends.
    pub fn begin_transaction(&mut self, transaction: Transaction) {
        self.transactions.push(transaction);
        self.is_open = true;
    }

    /// Appends the rows of an event of the open transaction: all of them, or in case of an error none.
    ///
    /// `body` starts after the event's header and ends before its checksum.
    pub fn rows_event(
        &mut self,
        kind: RowsEventKind,
        body: &[u8],
        table: &Arc<ResolvedTable>,
        place: RowsPlace,
    ) -> Result<(), DecodeError> {
        let Some(transaction) = self.transactions.len().checked_sub(1).filter(|_| self.is_open) else {
            return Err(DecodeError::Invalid { what: "a rows event outside a transaction", offset: 0 });
        };
        let rows = Rows::parse(kind, body, place.post_header_length)?;
        let limit = u32::MAX as usize;
        if self.images.saturating_add(2 * rows.rows.len() + 2) > limit {
            return Err(DecodeError::TooMany { what: "row images", limit });
        }
        let place = EventPlace { offset: place.offset, inner: place.inner, time_s: place.time_s, transaction: transaction as u32 };
        let ordinal = self.changes;
        let batch = self.batch(table);
        let (images, bytes) = (batch.images(), batch.bytes());
        let changes = batch.append(kind, &rows, place, ordinal)?;
        let (images, bytes) = ((batch.images() - images) as usize, batch.bytes() - bytes);
        self.changes += changes;
        self.images += images;
        self.bytes += bytes;
        Ok(())
    }

    /// Closes the open transaction; `end` is the byte after its last event.
    pub fn end_transaction(&mut self, end: BinlogOffset) {
        if let Some(transaction) = self.transactions.last_mut().filter(|_| self.is_open) {
            transaction.end = Some(end);
        }
        self.is_open = false;
    }

    /// How many row images the set holds.
    pub fn images(&self) -> usize {
        self.images
    }

    /// How many bytes they take in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether there is neither a transaction nor a row.
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// Whether there is something to give away: rows, or the end of a transaction whose last row closed the set before.
    pub fn has_news(&self) -> bool {
        self.images > 0 || self.transactions.iter().any(|transaction| transaction.end.is_some())
    }

    /// Gives the set away and starts the next one. A transaction that is still open goes on in it.
    pub fn finish(&mut self) -> ChangeSet {
        let done = std::mem::take(self);
        if let Some(open) = done.transactions.last().filter(|_| done.is_open) {
            self.begin_transaction(Transaction { continued: true, ..open.clone() });
        }
        let sizes = done.batches.iter().filter(|batch| batch.images() > 0).map(TableBatch::size);
        self.last_sizes = sizes.map(|size| (Arc::as_ptr(&size.table) as usize, size)).collect();
        let batches = done.batches.into_iter().filter(|batch| batch.images() > 0).map(TableBatch::finish).collect();
        ChangeSet { transactions: done.transactions, batches }
    }

    fn batch(&mut self, table: &Arc<ResolvedTable>) -> &mut TableBatch {
        let address = Arc::as_ptr(table) as usize;
        let Self { batches, last_sizes, .. } = self;
        let index = *self.batch_of.entry(address).or_insert_with(|| {
            batches.push(TableBatch::new(Arc::clone(table), last_sizes.get(&address)));
            batches.len() - 1
        });
        &mut batches[index]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, AsArray};
    use arrow::datatypes::{Int32Type, UInt8Type};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        binlog::{CellFault, TableMap},
        change::{Change, ColumnSet, Op, Presence},
        columnar::write_text,
        schema::{Collation, Column, ColumnType, Flavor, IntegerWidth, TableName, TableSchema, TextWidth},
    };

    const INSERT: u8 = 30;
    const UPDATE: u8 = 31;
    const PARTIAL_UPDATE: u8 = 39;

    /// A table map of columns with their type code, metadata and type; all may be NULL but the first.
    fn table(columns: &[(u8, &[u8], ColumnType)], wanted: &ColumnSet) -> Arc<ResolvedTable> {
        let map = TableMap::parse(&table_map(columns), 8).expect("a table map");
        let column = |(index, (_, _, ty)): (usize, &(u8, &[u8], ColumnType))| Column {
            name: format!("c{index}"),
            ty: ty.clone(),
            nullable: index > 0,
            default: None,
            generated: false,
        };
        let columns = columns.iter().enumerate().map(column).collect();
        let schema = TableSchema { name: TableName::new("s", "t"), columns, primary_key: vec![0], unique_keys: Vec::new() };
        Arc::new(ResolvedTable::new(&map, Arc::new(schema), wanted).expect("it fits"))
    }

    fn table_map(columns: &[(u8, &[u8], ColumnType)]) -> Vec<u8> {
        let mut body = vec![7, 0, 0, 0, 0, 0, 1, 0, 1, b's', 0, 1, b't', 0, columns.len() as u8];
        body.extend(columns.iter().map(|(code, ..)| code));
        body.push(columns.iter().map(|(_, metadata, _)| metadata.len()).sum::<usize>() as u8);
        columns.iter().for_each(|(_, metadata, _)| body.extend_from_slice(metadata));
        let mut nullable = vec![0xFF; columns.len().div_ceil(8)];
        nullable[0] = 0xFE;
        body.extend(nullable);
        body
    }

    fn event(columns: u8, bitmaps: &[&[u8]], rows: &[u8]) -> Vec<u8> {
        let mut body = vec![7, 0, 0, 0, 0, 0, 1, 0, 2, 0, columns];
        bitmaps.iter().for_each(|bitmap| body.extend_from_slice(bitmap));
        body.extend_from_slice(rows);
        body
    }

    fn opened() -> ChangeSetBuilder {
        let mut builder = ChangeSetBuilder::new();
        let start = BinlogOffset { file: "binlog.000001".into(), offset: 4 };
        builder.begin_transaction(Transaction { start, end: None, continued: false, gtid: None, time_us: 0 });
        builder
    }

    fn append(builder: &mut ChangeSetBuilder, code: u8, body: &[u8], table: &Arc<ResolvedTable>) -> Result<(), DecodeError> {
        let kind = RowsEventKind::from_type_code(code).expect("a rows event");
        builder.rows_event(kind, body, table, RowsPlace { offset: 4, inner: None, time_s: 1, post_header_length: 10 })
    }

    fn int() -> ColumnType {
        ColumnType::Integer { width: IntegerWidth::Int, unsigned: false }
    }

    fn tiny() -> ColumnType {
        ColumnType::Integer { width: IntegerWidth::Tiny, unsigned: true }
    }

    fn two_columns() -> Arc<ResolvedTable> {
        table(&[(3, &[], int()), (1, &[], tiny())], &ColumnSet::all(2))
    }

    fn column(set: &ChangeSet, column: usize) -> &ArrayRef {
        set.batches[0].columns[column].as_ref().expect("it was wanted")
    }

    #[test]
    fn rows_of_an_event_become_rows_of_columns() {
        let table = two_columns();
        let mut builder = opened();
        append(&mut builder, INSERT, &event(2, &[&[3]], &[0, 1, 0, 0, 0, 200, 2, 0xFF, 0xFF, 0xFF, 0xFF]), &table).expect("two rows");
        append(&mut builder, 25, &[7, 0, 0, 0, 0, 0, 1, 0, 2, 3, 0, 9, 0, 0, 0, 9], &table).expect("an event of version 1");
        assert_eq!((builder.images(), builder.is_empty()), (3, false));
        assert!(builder.bytes() >= 3 * 5);
        let set = builder.finish();
        assert_eq!(column(&set, 0).as_primitive::<Int32Type>().values(), &[1, -1, 9]);
        assert_eq!(column(&set, 1).as_primitive::<UInt8Type>().iter().collect::<Vec<_>>(), [Some(200), None, Some(9)]);
        assert_eq!(set.batches[0].presence, Presence::Full);
        let change = |op, image, event, row, ordinal| Change { op, image, event, row, ordinal };
        assert_eq!(
            set.batches[0].changes,
            [change(Op::Insert, 0, 0, 0, 0), change(Op::Insert, 1, 0, 1, 1), change(Op::Delete, 2, 1, 0, 2)]
        );
        assert_eq!(set.batches[0].events.len(), 2);
    }

    #[test]
    fn an_after_image_is_completed_from_its_before_image() {
        let table = two_columns();
        let mut builder = opened();
        // Before: both columns; after: only the second. Then before: only the first; after: only the second.
        append(&mut builder, UPDATE, &event(2, &[&[3], &[2]], &[0, 5, 0, 0, 0, 1, 0, 2]), &table).expect("a row");
        append(&mut builder, UPDATE, &event(2, &[&[1], &[2]], &[0, 6, 0, 0, 0, 1]), &table).expect("a row");
        let set = builder.finish();
        assert_eq!(column(&set, 0).as_primitive::<Int32Type>().values(), &[5, 5, 6, 6]);
        assert_eq!(column(&set, 1).as_primitive::<UInt8Type>().iter().collect::<Vec<_>>(), [Some(1), Some(2), None, None]);
        let presence = &set.batches[0].presence;
        let has = |row| (presence.has(row, 0), presence.has(row, 1));
        assert_eq!([0, 1, 2, 3].map(has), [(true, true), (true, true), (true, false), (true, true)]);
    }

    #[test]
    fn a_row_that_fails_leaves_nothing_of_its_event() {
        let table = two_columns();
        let mut builder = opened();
        append(&mut builder, INSERT, &event(2, &[&[3]], &[0, 1, 0, 0, 0, 1]), &table).expect("a row");
        let cut = event(2, &[&[3]], &[0, 2, 0, 0, 0, 2, 0, 3, 0, 0, 0]);
        let error = append(&mut builder, INSERT, &cut, &table).expect_err("the second row is cut");
        let fault = CellFault::Truncated;
        let s_t = Box::new(TableName::new("s", "t"));
        assert_eq!(error, DecodeError::Cell { table: s_t.clone(), column: "c1".into(), offset: 23, fault });
        let null = append(&mut builder, INSERT, &event(2, &[&[3]], &[1, 2]), &table).expect_err("c0 is NOT NULL");
        assert_eq!(null, DecodeError::Cell { table: s_t.clone(), column: "c0".into(), offset: 13, fault: CellFault::Null });
        let wide = append(&mut builder, INSERT, &event(3, &[&[7]], &[0]), &table);
        assert_eq!(wide, Err(DecodeError::ColumnCount { table: s_t, expected: 2, found: 3 }));
        append(&mut builder, INSERT, &event(2, &[&[3]], &[0, 4, 0, 0, 0, 4]), &table).expect("a row");
        let set = builder.finish();
        assert_eq!(column(&set, 0).as_primitive::<Int32Type>().values(), &[1, 4]);
        assert_eq!((set.batches[0].events.len(), set.batches[0].changes[1].ordinal), (2, 1));
    }

    #[test]
    fn an_image_without_any_column_is_one_row() {
        let table = two_columns();
        let mut builder = opened();
        append(&mut builder, INSERT, &event(2, &[&[0]], &[]), &table).expect("a row of defaults only");
        let many = append(&mut builder, INSERT, &event(2, &[&[0]], &[0]), &table);
        assert_eq!(many, Err(DecodeError::Invalid { what: "rows of no column", offset: 12 }));
        append(&mut builder, INSERT, &event(2, &[&[3]], &[]), &table).expect_err("no row at all");
        let set = builder.finish();
        assert_eq!(set.batches[0].image_count, 1);
        assert!(!set.batches[0].presence.has(0, 0));
    }

    #[test]
    fn a_transaction_larger_than_a_set_goes_on_in_the_next() {
        let table = two_columns();
        let mut builder = opened();
        append(&mut builder, INSERT, &event(2, &[&[3]], &[0, 1, 0, 0, 0, 1]), &table).expect("a row");
        let first = builder.finish();
        append(&mut builder, INSERT, &event(2, &[&[3]], &[0, 2, 0, 0, 0, 2]), &table).expect("a row");
        builder.end_transaction(BinlogOffset { file: "binlog.000001".into(), offset: 900 });
        assert!(append(&mut builder, INSERT, &event(2, &[&[3]], &[0, 3, 0, 0, 0, 3]), &table).is_err(), "no transaction is open");
        let second = builder.finish();
        assert!(first.transactions[0].end.is_none() && !first.transactions[0].continued);
        assert!(second.transactions[0].continued && second.transactions[0].end.is_some());
        assert_eq!(second.batches[0].changes[0].ordinal, 0);
        assert!(builder.is_empty());
    }

    #[test]
    fn unwanted_columns_are_skipped_by_their_length() {
        let columns = wide_columns();
        let last = columns.len() - 1;
        let table = table(&columns, &[0, last].into_iter().collect());
        let mut builder = opened();
        append(&mut builder, INSERT, &wide_event(columns.len()), &table).expect("a row");
        let set = builder.finish();
        assert_eq!(set.batches[0].columns.iter().flatten().count(), 2);
        assert_eq!(column(&set, last).as_binary::<i32>().value(0), b"x\0\0\0");
    }

    #[test]
    fn a_partial_document_needs_the_document_before_it() {
        let table = table(&[(3, &[], int()), (245, &[4], ColumnType::Json)], &ColumnSet::all(2));
        let mut builder = opened();
        let document = |value| [&[0, 1, 0, 12, 0, 11, 0, 1, 0, 5, value, 0, b'a'][..]].concat();
        let mut rows = vec![0, 1, 0, 0, 0, 13, 0, 0, 0];
        rows.extend(document(1));
        // One JSON column, partial; `$.a` becomes 7.
        let change = [1, 1, 0, 9, 0, 0, 0, 0, 3, b'$', b'.', b'a', 3, 5, 7, 0];
        let whole = [&rows[..], &change].concat();
        append(&mut builder, PARTIAL_UPDATE, &event(2, &[&[3], &[2]], &whole), &table).expect("a partial update");
        let lacking = [&[0, 1, 0, 0, 0][..], &change].concat();
        let error = append(&mut builder, PARTIAL_UPDATE, &event(2, &[&[1], &[2]], &lacking), &table).expect_err("no document");
        assert!(matches!(error, DecodeError::Cell { fault: CellFault::NoDocument, .. }), "{error}");
        let set = builder.finish();
        let mut text = String::new();
        write_text(&ColumnType::Json, column(&set, 1).as_ref(), 1, &mut text);
        assert_eq!(text, r#"{"a": 7}"#);
    }

    /// A column of each physical form.
    fn wide_columns() -> Vec<(u8, &'static [u8], ColumnType)> {
        let collation = Collation::LATIN1_SWEDISH_CI;
        let integer = |width| ColumnType::Integer { width, unsigned: false };
        let labels = vec!["a".to_owned(), "b".to_owned()];
        vec![
            (1, &[], integer(IntegerWidth::Tiny)),
            (2, &[], integer(IntegerWidth::Small)),
            (9, &[], integer(IntegerWidth::Medium)),
            (3, &[], integer(IntegerWidth::Int)),
            (8, &[], integer(IntegerWidth::Big)),
            (4, &[4], ColumnType::Float),
            (5, &[8], ColumnType::Double),
            (246, &[20, 6], ColumnType::Decimal { precision: 20, scale: 6, unsigned: false }),
            (246, &[40, 2], ColumnType::Decimal { precision: 40, scale: 2, unsigned: false }),
            (16, &[2, 1], ColumnType::Bit { width: 10 }),
            (13, &[], ColumnType::Year),
            (10, &[], ColumnType::Date),
            (11, &[], ColumnType::Time { fsp: 0 }),
            (12, &[], ColumnType::DateTime { fsp: 0 }),
            (7, &[], ColumnType::Timestamp { fsp: 0 }),
            (19, &[3], ColumnType::Time { fsp: 3 }),
            (18, &[6], ColumnType::DateTime { fsp: 6 }),
            (17, &[1], ColumnType::Timestamp { fsp: 1 }),
            (15, &[10, 0], ColumnType::Varchar { length: 10, collation }),
            (15, &[0, 4], ColumnType::Varbinary { length: 1024 }),
            (252, &[3], ColumnType::Text { width: TextWidth::Medium, collation }),
            (245, &[4], ColumnType::Json),
            (254, &[247, 1], ColumnType::Enum { labels: labels.clone(), collation }),
            (254, &[248, 1], ColumnType::Set { labels, collation }),
            (141, &[11, 0], ColumnType::Varchar { length: 10, collation }),
            (254, &[254, 4], ColumnType::Binary { length: 4 }),
        ]
    }

    fn wide_event(columns: usize) -> Vec<u8> {
        let mut rows = vec![0; columns.div_ceil(8)];
        let values: [&[u8]; 26] = [
            &[0xFF],
            &[0xFE, 0xFF],
            &[0xFF, 0xFF, 0xFF],
            &[1, 2, 3, 4],
            &[0xFF; 8],
            &[0, 0, 0x80, 0x3F],
            &[0, 0, 0, 0, 0, 0, 0xF0, 0x3F],
            &[0x80, 0, 0, 0, 0, 0, 1, 0, 0, 2],
            &[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2],
            &[2, 1],
            &[126],
            &[0, 0, 0],
            &[0x9D, 0xCE, 0xFF],
            &[0, 0, 0, 0, 0, 0, 0, 0],
            &[1, 0, 0, 0],
            &[0x7F, 0xFF, 0xFF, 0xFF, 0xF6],
            &[0x99, 0xB2, 0x7B, 0x00, 0x00, 0, 0, 1],
            &[0, 0, 0, 1, 90],
            &[1, b'v'],
            &[2, 0, 0, 1],
            &[1, 0, 0, b't'],
            &[2, 0, 0, 0, 4, 0],
            &[2],
            &[3],
            &[3, 0, b'z', b'z'],
            &[1, b'x'],
        ];
        values.iter().for_each(|value| rows.extend_from_slice(value));
        let bitmap = vec![0xFF; columns.div_ceil(8)];
        event(columns as u8, &[&bitmap], &rows)
    }

    #[test]
    fn every_form_of_value_prints_as_the_server_prints_it() {
        let columns = wide_columns();
        let table = table(&columns, &ColumnSet::all(columns.len()));
        let mut builder = opened();
        append(&mut builder, INSERT, &wide_event(columns.len()), &table).expect("a row");
        let set = builder.finish();
        let mut texts = Vec::new();
        for (index, (_, _, ty)) in columns.iter().enumerate() {
            let mut text = String::new();
            write_text(ty, column(&set, index).as_ref(), 0, &mut text);
            texts.push(text);
        }
        let expected = [
            "-1",
            "-2",
            "-1",
            "67305985",
            "-1",
            "1",
            "1",
            "1.000002",
            "1.02",
            "0x0201",
            "2026",
            "0000-00-00",
            "-01:26:43",
            "0000-00-00 00:00:00",
            "1970-01-01 00:00:01",
            "-00:00:00.001",
            "2024-01-29 16:00:00.000001",
            "1970-01-01 00:00:01.9",
            "v",
            "0x0001",
            "t",
            "null",
            "b",
            "a,b",
            "zz",
            "0x78000000",
        ];
        assert_eq!(texts, expected);
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_table_map_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(map) = TableMap::parse(&body, 8) {
                let _ = map.definition(Flavor::MySql);
            }
        }

        #[test]
        fn a_damaged_event_gives_all_its_rows_or_none(
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            cut in any::<prop::sample::Index>(),
            code in prop::sample::select(vec![23_u8, 24, 25, 30, 31, 32, 39]),
        ) {
            let columns = wide_columns();
            let table = table(&columns, &ColumnSet::all(columns.len()));
            let mut builder = opened();
            append(&mut builder, INSERT, &wide_event(columns.len()), &table).expect("a row");
            let mut body = wide_event(columns.len());
            let again = body[15..].to_vec();
            body.extend_from_slice(&again);
            for (place, byte) in damage {
                let place = place.index(body.len());
                body[place] = byte;
            }
            body.truncate(body.len() - cut.index(body.len()) / 8);
            let before = builder.images();
            let result = append(&mut builder, code, &body, &table);
            prop_assert!(result.is_ok() || builder.images() == before);
            append(&mut builder, INSERT, &wide_event(columns.len()), &table).expect("a row");
            let images = builder.images();
            let set = builder.finish();
            for array in set.batches[0].columns.iter().flatten() {
                prop_assert_eq!(array.len(), images);
                array.to_data().validate_full().expect("a sound array");
            }
        }

        #[test]
        fn no_bytes_make_a_document_panic(body in proptest::collection::vec(any::<u8>(), 0..200), kind in 0_u8..16) {
            let document = [&[kind][..], &body].concat();
            let mut text = String::new();
            let _ = crate::columnar::json::write_json(&document, &mut text);
            let _ = super::super::json_update::apply(&document, &body);
        }
    }
}
