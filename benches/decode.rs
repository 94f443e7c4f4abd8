//! `cargo bench --bench decode -- FILE…`: every column of every row image of these binlogs into Arrow, checksums on, on one
//! thread; beside it one CRC32 over the same bytes in memory.

use std::{env, error::Error, fs, hint::black_box, path::PathBuf, time::Instant};

use rowgate::{
    binlog::{Capture, CaptureReader, Everything, Item, ReadOptions},
    schema::SchemaHistory,
};

const ROUNDS: usize = 5;

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<PathBuf> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    if files.is_empty() {
        println!("name the binlog files to decode: cargo bench --bench decode -- FILE…");
        return Ok(());
    }
    let (mut decode_ns, mut crc_ns) = (Vec::new(), Vec::new());
    let mut counts = Counts::default();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        counts = decode(&files)?;
        decode_ns.push(started.elapsed().as_nanos());
        let bytes = files.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
        let started = Instant::now();
        bytes.iter().for_each(|bytes| {
            black_box(crc32fast::hash(bytes));
        });
        crc_ns.push(started.elapsed().as_nanos());
    }
    let (decode_ns, crc_ns) = (median(decode_ns), median(crc_ns));
    println!("{} row events, {} images, {} bytes", counts.changes, counts.images, counts.bytes);
    println!(
        "decode: {:.1} ms, {:.0} ns a row event, {:.0} MB/s",
        decode_ns as f64 / 1e6,
        decode_ns as f64 / counts.changes as f64,
        counts.bytes as f64 * 1e3 / decode_ns as f64
    );
    println!("crc32:  {:.1} ms; decode takes {:.1} times as long", crc_ns as f64 / 1e6, decode_ns as f64 / crc_ns as f64);
    Ok(())
}

#[derive(Default)]
struct Counts {
    changes: usize,
    images: usize,
    bytes: u64,
}

fn decode(files: &[PathBuf]) -> Result<Counts, Box<dyn Error>> {
    let mut reader = CaptureReader::open(Capture::open(files)?, SchemaHistory::new(), Everything, ReadOptions::default())?;
    let mut counts = Counts::default();
    while let Some(item) = reader.next()? {
        let Item::Changes(set) = item else { continue };
        for batch in &set.batches {
            counts.changes += batch.changes.len();
            counts.images += batch.image_count;
            black_box(&batch.columns);
        }
    }
    counts.bytes = reader.progress().bytes_read;
    Ok(counts)
}

fn median(mut values: Vec<u128>) -> u128 {
    values.sort_unstable();
    values[values.len() / 2]
}
