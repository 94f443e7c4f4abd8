//! Every column of every row image of these binlogs into Arrow, checksums on, on one thread. One line of JSON each:
//!
//! - `cargo bench --bench decode -- FILE…`: the median of five readings, beside one CRC32 over the same bytes in memory;
//! - `… -- --once FILE…`: one reading and nothing else, for whoever measures the process from outside;
//! - `… -- --cells FILE…`: what all cells add up to, table by table; see [`cells`].

mod cells;

use std::{
    env,
    error::Error,
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::Instant,
};

use rowgate::{
    binlog::{Capture, CaptureReader, Everything, Item, ReadOptions},
    change::ChangeSet,
    schema::SchemaHistory,
};

use cells::CellSums;

const ROUNDS: usize = 5;

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn main() -> Result<(), Box<dyn Error>> {
    let (flags, files): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let files: Vec<PathBuf> = files.into_iter().map(PathBuf::from).collect();
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    if files.is_empty() {
        println!("name the binlog files to decode: cargo bench --bench decode -- FILE…");
    } else if has("--cells") {
        let mut sums = CellSums::default();
        read(&files, |set| sums.add(&set))?;
        print!("{sums}");
    } else if has("--once") {
        println!("{}", decode(&files)?.json());
    } else {
        let (mut decode_ns, mut crc_ns) = (Vec::new(), Vec::new());
        let mut counts = Counts::default();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            counts = decode(&files)?;
            decode_ns.push(started.elapsed().as_nanos());
            crc_ns.push(crc_ns_of(&files)?);
        }
        let (decode_ns, crc_ns) = (median(decode_ns), median(crc_ns));
        println!("{{\"seconds\":{:.6},\"crc32_seconds\":{:.6},{}", decode_ns as f64 / 1e9, crc_ns as f64 / 1e9, &counts.json()[1..]);
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    changes: usize,
    images: usize,
    bytes: u64,
}

impl Counts {
    fn json(&self) -> String {
        format!(r#"{{"reader":"rowgate","row_events":{},"images":{},"bytes":{}}}"#, self.changes, self.images, self.bytes)
    }
}

fn decode(files: &[PathBuf]) -> Result<Counts, Box<dyn Error>> {
    let mut counts = Counts::default();
    counts.bytes = read(files, |set| {
        for batch in &set.batches {
            counts.changes += batch.changes.len();
            counts.images += batch.image_count;
            black_box(&batch.columns);
        }
    })?;
    Ok(counts)
}

/// Gives each set of changes to `take`; answers how many bytes were read.
fn read<P: AsRef<Path>>(files: &[P], mut take: impl FnMut(ChangeSet)) -> Result<u64, Box<dyn Error>> {
    let mut reader = CaptureReader::open(Capture::open(files)?, SchemaHistory::new(), Everything, ReadOptions::default())?;
    while let Some(item) = reader.next()? {
        if let Item::Changes(set) = item {
            take(set);
        }
    }
    Ok(reader.progress().bytes_read)
}

fn crc_ns_of(files: &[PathBuf]) -> Result<u128, Box<dyn Error>> {
    let bytes = files.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let started = Instant::now();
    bytes.iter().for_each(|bytes| {
        black_box(crc32fast::hash(bytes));
    });
    Ok(started.elapsed().as_nanos())
}

fn median(mut values: Vec<u128>) -> u128 {
    values.sort_unstable();
    values[values.len() / 2]
}
