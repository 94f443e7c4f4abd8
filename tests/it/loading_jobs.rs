//! What a target remembers of a job: its mappings, and who may write.

use crate::{
    loading_case::{CROSSED, Job, Source},
    server::Server,
};

const TABLE: &str = "CREATE TABLE t (id INT PRIMARY KEY, v INT)";

fn epoch(server: &Server, job: &Job) -> u64 {
    let rows = server.query_text(&format!("SELECT max(epoch) FROM retl.rowgate_checkpoint WHERE job = '{}'", job.name));
    rows[0][0].as_deref().and_then(|epoch| epoch.parse().ok()).expect("the job has lanes")
}

#[test]
fn mappings_that_were_accepted_are_the_jobs_from_then_on() {
    for (from, to) in CROSSED {
        let mut source = Source::new(from, "accepted", TABLE);
        let job = Job::new(&source, to, TABLE, &["t"]);
        source.run("INSERT INTO t VALUES (1, 1)");
        job.replay(&source, &[]);
        job.map_same(&source, &["t"], "WITH (on_conflict = 'repair')");
        source.run("INSERT INTO t VALUES (2, 2)");
        assert_eq!(job.try_replay(source.files(), &[]).code, 2, "other mappings are refused");
        job.replay(&source, &["--accept-mapping-change"]);
        source.run("UPDATE t SET v = 3 WHERE id = 2");
        job.replay(&source, &[]);
        assert_eq!(job.contents("t"), source.contents("t"));
    }
}

#[test]
fn a_job_that_is_begun_anew_fences_who_was_at_it() {
    for (from, to) in CROSSED {
        let mut source = Source::new(from, "anew", TABLE);
        let job = Job::new(&source, to, TABLE, &["t"]);
        source.run("INSERT INTO t VALUES (1, 1)");
        job.replay(&source, &[]);
        let before = epoch(job.target, &job);
        job.target.run(&format!("DELETE FROM `{}`.t", job.schema));
        job.replay(&source, &["--restart"]);
        assert_eq!(job.contents("t"), source.contents("t"));
        assert!(epoch(job.target, &job) > before, "an older process finds another epoch");
    }
}
