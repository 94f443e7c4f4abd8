//! `peers FILE`: reads a binlog with mysql-binlog-connector-rust and prints how long it took, as one line of JSON.
//!
//! The file is read into memory first, so that neither side of a comparison waits for a disk; each cell is counted.
//! Known to lose rows: MariaDB's compressed events and MySQL's transaction payloads come back unread.

use std::{collections::HashMap, error::Error, io::Cursor, time::Instant};

use mysql_binlog_connector_rust::{
    binlog_parser::BinlogParser,
    column::column_value::ColumnValue,
    event::{event_data::EventData, row_event::RowEvent},
};

#[derive(Default)]
struct Counts {
    row_events: u64,
    images: u64,
    cells: u64,
    nulls: u64,
}

impl Counts {
    fn image(&mut self, image: &RowEvent) {
        self.images += 1;
        self.cells += image.column_values.len() as u64;
        self.nulls += image.column_values.iter().filter(|value| matches!(value, ColumnValue::None)).count() as u64;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("peers FILE")?;
    let bytes = std::fs::read(&path)?;
    let size = bytes.len() as u64;
    let mut stream = Cursor::new(bytes);
    let mut parser = BinlogParser { checksum_length: 0, table_map_event_by_table_id: HashMap::new() };
    let mut counts = Counts::default();

    let started = Instant::now();
    parser.check_magic(&mut stream)?;
    while stream.position() < size {
        let (_, event) = parser.next(&mut stream)?;
        match event {
            EventData::WriteRows(event) => {
                counts.row_events += event.rows.len() as u64;
                event.rows.iter().for_each(|row| counts.image(row));
            }
            EventData::DeleteRows(event) => {
                counts.row_events += event.rows.len() as u64;
                event.rows.iter().for_each(|row| counts.image(row));
            }
            EventData::UpdateRows(event) => {
                counts.row_events += event.rows.len() as u64;
                event.rows.iter().for_each(|(before, after)| {
                    counts.image(before);
                    counts.image(after);
                });
            }
            _ => {}
        }
    }
    let seconds = started.elapsed().as_secs_f64();

    let Counts { row_events, images, cells, nulls } = counts;
    println!(
        r#"{{"peer":"mysql-binlog-connector-rust 0.3.3","bytes":{size},"row_events":{row_events},"images":{images},"cells":{cells},"nulls":{nulls},"seconds":{seconds:.6}}}"#
    );
    Ok(())
}
