//! `cargo bench --bench rules`: twenty typical rules on 8,192 rows, from image batch to transitions, a line of JSON for each.

mod rows;

use std::{error::Error, fs, hint::black_box, time::Instant};

use rowgate::{
    mapping::{MappingSet, Policies, Purpose, QueryText, Router, Servers, Transition},
    schema::{ServerVersion, TableName, read_schema_file},
};
use rows::{ROWS, inserts};

const RULES: &str = "benches/rules/rules.sql";
const ROUNDS: usize = 51;
const CALLS: u32 = 4;

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn main() -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(RULES)?;
    let (table, rules) = text.split_once(");\n").ok_or("the file defines its table first")?;
    let (history, _) = read_schema_file(&format!("{table});"), ServerVersion::MYSQL_9_7);
    let schema = history.get(&TableName::new("shop", "orders")).ok_or("the file defines the table")?;
    for rule in rules.lines() {
        let (set, problems) = MappingSet::parse(vec![QueryText { path: RULES.to_owned(), text: rule.to_owned() }]);
        let name = rule.split_whitespace().nth(2).ok_or("each line is a rule")?;
        if let Some(problem) = problems.first() {
            println!(r#"{{"rule":"{name}","refused":"{}"}}"#, problem.diagnostic.message.replace('"', "'"));
            continue;
        }
        let mut router = Router::new(set, Policies::default(), Servers::Any { default: "default".into() }, Purpose::Rows);
        let batch = match router.columns_read(&schema) {
            Ok(read) => inserts(&schema, &read),
            Err(error) => {
                println!(r#"{{"rule":"{name}","refused":"{}"}}"#, error.to_string().replace('"', "'"));
                continue;
            }
        };
        let routed = router.route(&batch)?;
        let kept = routed[0].transitions.iter().filter(|transition| matches!(transition, Transition::Insert { .. })).count();
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            for _ in 0..CALLS {
                black_box(router.route(&batch)?);
            }
            rounds.push(started.elapsed().as_nanos() as f64 / f64::from(CALLS) / ROWS as f64);
        }
        rounds.sort_by(f64::total_cmp);
        println!(r#"{{"rule":"{name}","rows":{ROWS},"kept":{kept},"ns_per_row":{:.1}}}"#, rounds[ROUNDS / 2]);
    }
    Ok(())
}
