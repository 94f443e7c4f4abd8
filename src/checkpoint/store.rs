//! The checkpoint tables in the schema `retl` of a target, and the statements on them.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Claim, Job, JobRecord, LaneRow};
use crate::{
    mysql::{Connection, MysqlError, write_string},
    position::BinlogOffset,
};

/// The tables, as `init` makes them; the last keeps rows that the loader could not write.
pub const TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS retl.rowgate_job (
  job varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  fingerprint char(64) CHARACTER SET ascii NOT NULL,
  mappings longtext CHARACTER SET utf8mb4 NOT NULL,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (job)
) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS retl.rowgate_checkpoint (
  job varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  lane smallint unsigned NOT NULL,
  epoch bigint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  low varchar(512) CHARACTER SET utf8mb4 DEFAULT NULL,
  high varchar(512) CHARACTER SET utf8mb4 DEFAULT NULL,
  single tinyint unsigned NOT NULL DEFAULT 0,
  updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (job, lane)
) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS retl.rowgate_dead_letter (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  job varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  letter longtext CHARACTER SET utf8mb4 NOT NULL,
  created_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  KEY (job)
) ENGINE=InnoDB",
];

/// The most lanes of one target.
pub const LANES_MOST: u16 = 64;
/// How long a process that takes over waits for the rows of an older one.
const TAKE_OVER_WAIT_S: u32 = 5;

/// The checkpoint rows of one job on one target.
#[derive(Debug, Clone)]
pub struct Store {
    /// The job's name as an SQL literal.
    job: String,
}

impl Store {
    /// The rows of this job.
    pub fn new(job: &str) -> Self {
        let mut literal = String::new();
        write_string(job, &mut literal);
        Self { job: literal }
    }

    /// What the target remembers of the job; none when it was never begun there.
    pub async fn record(&self, connection: &mut Connection) -> Result<Option<JobRecord>, MysqlError> {
        let rows = connection.rows(format!("SELECT fingerprint, mappings FROM retl.rowgate_job WHERE job = {}", self.job)).await?;
        let text = |row: &crate::mysql::Row, column| row.text(column).unwrap_or_default().to_owned();
        Ok(rows.first().map(|row| JobRecord { fingerprint: text(row, 0), mappings: text(row, 1) }))
    }

    /// Raises the epoch of every lane's row, making those that are missing, and only then reads them (LD-4): in one transaction, which
    /// waits for transactions that older processes left behind or makes their claims fail.
    pub async fn take_over(&self, connection: &mut Connection, job: &Job, lanes: u16) -> Result<Vec<LaneRow>, MysqlError> {
        let mut record = format!("INSERT IGNORE INTO retl.rowgate_job (job, fingerprint, mappings) VALUES ({}, ", self.job);
        write_string(&job.fingerprint, &mut record);
        record.push_str(", ");
        write_string(&job.mappings, &mut record);
        record.push(')');
        // An older process may hold a row and be gone without a word: its host is down, or it is stopped. It is not waited for.
        connection.execute(format!("SET innodb_lock_wait_timeout = {TAKE_OVER_WAIT_S}")).await?;
        connection.execute("START TRANSACTION").await?;
        connection.execute(record).await?;
        let rows: Vec<String> = (0..lanes).map(|lane| format!("({}, {lane}, 0, 0)", self.job)).collect();
        connection
            .execute(format!("INSERT IGNORE INTO retl.rowgate_checkpoint (job, lane, epoch, seq) VALUES {}", rows.join(", ")))
            .await?;
        let next = format!("SELECT max(epoch) + 1 FROM retl.rowgate_checkpoint WHERE job = {} FOR UPDATE", self.job);
        let epoch = connection.rows(next).await?.first().and_then(|row| row.number(0)).unwrap_or(1);
        connection.execute(format!("UPDATE retl.rowgate_checkpoint SET epoch = {epoch} WHERE job = {}", self.job)).await?;
        let rows = connection.rows(self.select("")).await?;
        connection.execute("COMMIT").await?;
        Ok(rows.iter().map(lane_row).collect())
    }

    /// Signs a session as a lane's, so that a later process can end it. Where an older session has not ended yet it stays unsigned.
    pub async fn sign(&self, connection: &mut Connection, lane: u16) -> Result<(), MysqlError> {
        connection.rows(format!("SELECT GET_LOCK({}, 0)", self.signature(lane))).await?;
        Ok(())
    }

    /// Ends the sessions that older processes left behind; what they have not committed is rolled back.
    pub async fn end_left(&self, connection: &mut Connection) -> Result<(), MysqlError> {
        let holders: Vec<String> = (0..LANES_MOST).map(|lane| format!("IS_USED_LOCK({})", self.signature(lane))).collect();
        let found = connection.rows(format!("SELECT {}", holders.join(", "))).await?;
        for session in found.iter().flat_map(|row| (0..row.0.len()).filter_map(|lane| row.number(lane))) {
            match connection.execute(format!("KILL {session}")).await {
                Ok(_) => {}
                // It ended by itself, or is another user's.
                Err(error) if matches!(error.code(), Some(1094 | 1095)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The name of a lock that a lane's session holds, as an SQL literal. Its length has a limit, and case makes no difference to it.
    fn signature(&self, lane: u16) -> String {
        let digest = Sha256::digest(&self.job);
        let job: String = digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
        format!("'rowgate.{job}.{lane}'")
    }

    /// Remembers other mappings for the job; whether this process may still say so.
    pub async fn adopt(&self, connection: &mut Connection, job: &Job, epoch: u64) -> Result<bool, MysqlError> {
        let mut sql = String::from("UPDATE retl.rowgate_job SET fingerprint = ");
        write_string(&job.fingerprint, &mut sql);
        sql.push_str(", mappings = ");
        write_string(&job.mappings, &mut sql);
        let lanes = self.select(&format!(" AND epoch = {epoch}"));
        write!(sql, " WHERE job = {} AND EXISTS ({lanes})", self.job).expect("a String takes any text");
        Ok(connection.execute(sql).await?.matched == Some(1))
    }

    /// Begins a lane's transaction with its claim; whether the row was as this process left it.
    pub async fn claim(&self, connection: &mut Connection, claim: &Claim) -> Result<bool, MysqlError> {
        let Claim { lane, epoch, previous, seq, low, high, single } = claim;
        let mut set = format!("seq = {seq}, low = {}, single = {}", literal(low.as_ref()), u8::from(*single));
        if high.is_some() {
            write!(set, ", high = {}", literal(high.as_ref())).expect("a String takes any text");
        }
        let sql = format!(
            "START TRANSACTION; UPDATE retl.rowgate_checkpoint SET {set} WHERE job = {} AND lane = {lane} AND epoch = {epoch} AND seq = {previous}",
            self.job
        );
        let executed = connection.execute_all(sql).await?;
        Ok(executed.last().is_some_and(|update| update.matched == Some(1)))
    }

    /// Writes where a claimed window ends, in the same transaction.
    pub async fn seal(&self, connection: &mut Connection, lane: u16, high: &BinlogOffset) -> Result<(), MysqlError> {
        let high = literal(Some(high));
        connection.execute(format!("UPDATE retl.rowgate_checkpoint SET high = {high} WHERE job = {} AND lane = {lane}", self.job)).await?;
        Ok(())
    }

    /// The row of one lane, once no transaction holds it: a COMMIT whose answer was lost may be under way.
    pub async fn lane(&self, connection: &mut Connection, lane: u16) -> Result<Option<LaneRow>, MysqlError> {
        Ok(connection.rows(self.select(&format!(" AND lane = {lane}")) + " FOR UPDATE").await?.first().map(lane_row))
    }

    /// Notes that every lane has committed everything up to `low`; whether this process may still say so.
    pub async fn complete(&self, connection: &mut Connection, epoch: u64, low: &BinlogOffset) -> Result<bool, MysqlError> {
        let low = literal(Some(low));
        let sql = format!(
            "UPDATE retl.rowgate_checkpoint SET low = {low}, high = {low}, single = 0 WHERE job = {} AND epoch = {epoch}",
            self.job
        );
        Ok(connection.execute(sql).await?.matched.is_some_and(|matched| matched > 0))
    }

    /// Forgets the job and how far its lanes are. Epochs go on: an older process that still runs must not take a new one for its own.
    pub async fn forget(&self, connection: &mut Connection) -> Result<(), MysqlError> {
        let job = &self.job;
        connection
            .execute_all(format!(
                "START TRANSACTION; UPDATE retl.rowgate_checkpoint SET epoch = epoch + 1, seq = 0, low = NULL, high = NULL, single = 0 WHERE job = {job}; DELETE FROM retl.rowgate_job WHERE job = {job}; COMMIT"
            ))
            .await?;
        Ok(())
    }

    fn select(&self, filter: &str) -> String {
        format!("SELECT lane, epoch, seq, low, high, single FROM retl.rowgate_checkpoint WHERE job = {}{filter} ORDER BY lane", self.job)
    }
}

fn literal(position: Option<&BinlogOffset>) -> String {
    let mut out = String::new();
    match position {
        Some(position) => write_string(&position.to_string(), &mut out),
        None => out.push_str("NULL"),
    }
    out
}

fn lane_row(row: &crate::mysql::Row) -> LaneRow {
    let position = |column| row.text(column).and_then(|text| text.parse().ok());
    LaneRow {
        lane: row.number(0).and_then(|lane| u16::try_from(lane).ok()).unwrap_or_default(),
        epoch: row.number(1).unwrap_or_default(),
        seq: row.number(2).unwrap_or_default(),
        low: position(3),
        high: position(4),
        single: row.number(5) == Some(1),
    }
}
