//! A real server as a target: its sessions speak SQL.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::target::Target;
use crate::{
    checkpoint::{Claim, Job, JobRecord, LaneRow, Store},
    fault::FaultClass,
    load::{
        lane::{Connector, Failure, Session as LaneSession, SessionError, Statement},
        sql_writer::SqlWriter,
        target_table::create_statements,
    },
    mapping::{Place, TargetLayout},
    mysql::{Connection, Endpoint, MysqlError, Session, TargetDefinition, write_string},
    position::BinlogOffset,
    schema::TableName,
};

/// `ER_LOCK_WAIT_TIMEOUT`.
const LOCK_WAIT_TIMEOUT: u16 = 1205;

/// A MySQL or MariaDB server that is loaded into.
pub struct SqlTarget {
    endpoint: Endpoint,
    store: Store,
    job: String,
    /// For what is not a lane's.
    control: Mutex<Option<Connection>>,
}

/// A lane's session.
pub(crate) struct SqlSession {
    connection: Connection,
    store: Store,
    job: String,
    writer: SqlWriter,
}

impl SqlTarget {
    /// The target of a job; nothing is connected yet.
    pub fn new(endpoint: Endpoint, job: &str) -> Self {
        Self { endpoint, store: Store::new(job), job: job.to_owned(), control: Mutex::new(None) }
    }

    /// Forgets how far the job is: what it loaded stays.
    ///
    /// # Errors
    /// Those of the server.
    pub async fn forget(&self) -> Result<(), MysqlError> {
        let mut connection = Connection::open(&self.endpoint, Session::Plain).await?;
        let forgotten = self.store.forget(&mut connection).await;
        connection.close().await;
        forgotten
    }

    /// Asks on the control connection, which is given up on any error: with it goes what a question may have left open.
    async fn ask<A>(&self, question: impl AsyncFnOnce(&mut Connection) -> Result<A, MysqlError> + Send) -> Result<A, Failure>
    where
        A: Send,
    {
        let mut control = self.control.lock().await;
        if control.as_ref().is_none_or(Connection::is_broken) {
            *control = Some(Connection::open(&self.endpoint, Session::Plain).await?);
        }
        let connection = control.as_mut().expect("it was just put there");
        let answer = question(connection).await;
        if answer.is_err() {
            *control = None;
        }
        Ok(answer?)
    }
}

impl From<MysqlError> for Failure {
    fn from(error: MysqlError) -> Self {
        Self { class: error.class(), source: Box::new(error) }
    }
}

impl Connector for SqlTarget {
    type Session = SqlSession;

    async fn connect(&self, lane: u16) -> Result<SqlSession, Failure> {
        let mut connection = Connection::open(&self.endpoint, Session::Loading).await?;
        self.store.sign(&mut connection, lane).await?;
        let writer = SqlWriter::new(&connection);
        Ok(SqlSession { connection, store: self.store.clone(), job: self.job.clone(), writer })
    }
}

impl Target for SqlTarget {
    async fn record(&self) -> Result<Option<JobRecord>, Failure> {
        self.ask(async |connection| self.store.record(connection).await).await
    }

    async fn take_over(&self, job: &Job, lanes: u16) -> Result<Vec<LaneRow>, Failure> {
        self.ask(async |connection| match self.store.take_over(connection, job, lanes).await {
            Err(error) if error.code() == Some(LOCK_WAIT_TIMEOUT) => {
                connection.execute("ROLLBACK").await?;
                self.store.end_left(connection).await?;
                Err(error)
            }
            answer => answer,
        })
        .await
    }

    async fn adopt(&self, job: &Job, epoch: u64) -> Result<bool, Failure> {
        self.ask(async |connection| self.store.adopt(connection, job, epoch).await).await
    }

    async fn definition(&self, place: &Place) -> Result<Option<TargetDefinition>, Failure> {
        let name = TableName::new(&*place.schema, &*place.table);
        self.ask(async |connection| TargetDefinition::read(connection, &name).await).await
    }

    async fn create(&self, place: &Place, layout: &Arc<TargetLayout>) -> Result<(), Failure> {
        let statements = create_statements(layout, place);
        self.ask(async |connection| connection.execute_all(statements).await).await?;
        Ok(())
    }

    async fn complete(&self, epoch: u64, low: &BinlogOffset) -> Result<bool, Failure> {
        self.ask(async |connection| self.store.complete(connection, epoch, low).await).await
    }
}

impl LaneSession for SqlSession {
    async fn claim(&mut self, claim: &Claim) -> Result<bool, Failure> {
        Ok(self.store.claim(&mut self.connection, claim).await?)
    }

    async fn lane_row(&mut self, lane: u16) -> Result<Option<LaneRow>, Failure> {
        Ok(self.store.lane(&mut self.connection, lane).await?)
    }

    async fn seal(&mut self, lane: u16, high: &BinlogOffset) -> Result<(), Failure> {
        Ok(self.store.seal(&mut self.connection, lane, high).await?)
    }

    async fn write(&mut self, statement: Statement<'_>) -> Result<u64, SessionError> {
        self.writer.write(&mut self.connection, statement).await
    }

    async fn dead_letter(&mut self, letter: &str) -> Result<(), Failure> {
        let mut sql = String::from("INSERT INTO retl.rowgate_dead_letter (job, letter) VALUES (");
        write_string(&self.job, &mut sql);
        sql.push_str(", ");
        write_string(letter, &mut sql);
        sql.push(')');
        self.connection.execute(sql).await?;
        Ok(())
    }

    async fn savepoint(&mut self) -> Result<(), Failure> {
        self.connection.execute("SAVEPOINT rowgate").await?;
        Ok(())
    }

    async fn undo(&mut self) -> Result<(), Failure> {
        self.connection.execute("ROLLBACK TO SAVEPOINT rowgate").await?;
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Failure> {
        self.connection.execute("COMMIT").await?;
        Ok(())
    }

    async fn roll_back(&mut self) -> Result<(), Failure> {
        if self.connection.is_broken() {
            return Err(Failure { class: FaultClass::Transient, source: "the session is gone".into() });
        }
        self.connection.execute("ROLLBACK").await?;
        Ok(())
    }
}
