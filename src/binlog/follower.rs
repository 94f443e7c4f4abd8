//! Follows the events of a capture: where transactions begin and end, what changes definitions, which rows are decoded.
//!
//! Knows events, not files: [`super::reader`] brings them.

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use super::{
    BinlogError, CascadePolicy, ChangeSetBuilder, DecodeError, Interest, Item, ReadOptions, RowsEventKind, RowsHead, RowsPlace,
    UnseenCascade,
    bounds::{Admission, Bounds},
    capture::file_number,
    compressed::Inflater,
    continuity::Continuity,
    event::{self, EventHeader, EventKind, FLAG_ARTIFICIAL, FLAG_IGNORABLE},
    gtid_event::{self, Announcement},
    query_event::QueryEvent,
    statement::Statement,
    tables::{Settled, Settling, Tables},
    transaction::Group,
};
use crate::{
    position::BinlogOffset,
    schema::{SchemaHistory, ServerVersion, TableName},
};

/// Where an event lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// The file's name.
    pub(super) file: &'a Arc<str>,
    /// Where the event begins; the whole payload's, where it is part of one.
    pub(super) offset: u64,
    /// Where it ends; likewise.
    pub(super) end: u64,
    /// Where it begins in the inflated payload that it is part of.
    pub(super) inner: Option<u64>,
}

impl Site<'_> {
    pub(super) fn start(&self) -> BinlogOffset {
        BinlogOffset { file: Arc::clone(self.file), offset: self.offset }
    }

    pub(super) fn end(&self) -> BinlogOffset {
        BinlogOffset { file: Arc::clone(self.file), offset: self.end }
    }
}

/// What the reader does after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next event.
    Next,
    /// Nothing more: the stop is reached.
    Stop,
    /// The events inside this one, which is a payload.
    Payload,
    /// The file of this name comes next.
    Rotate(String),
}

/// The state that events change.
#[derive(Debug)]
pub(super) struct Follower<I> {
    pub(super) interest: I,
    pub(super) history: SchemaHistory,
    pub(super) bounds: Bounds,
    pub(super) continuity: Continuity,
    /// The server that wrote the file at hand.
    pub(super) server: ServerVersion,
    /// What is ready to be given out.
    pub(super) ready: VecDeque<Item>,
    /// The transaction at hand.
    pub(super) group: Option<Group>,
    tables: Tables,
    builder: ChangeSetBuilder,
    options: ReadOptions,
    inflater: Inflater,
    inflated: Vec<u8>,
    /// XA transactions that were prepared without rows that count.
    empty_xa: HashSet<String>,
    unseen_cascades: Vec<UnseenCascade>,
    /// Whether those of the present definitions are noted.
    are_cascades_noted: bool,
}

impl<I: Interest> Follower<I> {
    pub(super) fn new(history: SchemaHistory, interest: I, bounds: Bounds, options: ReadOptions) -> Self {
        Self {
            interest,
            history,
            bounds,
            continuity: Continuity::default(),
            server: ServerVersion::MYSQL_9_7,
            ready: VecDeque::new(),
            group: None,
            tables: Tables::new(options.limits.max_table_maps),
            builder: ChangeSetBuilder::new(),
            options,
            inflater: Inflater::default(),
            inflated: Vec::new(),
            empty_xa: HashSet::new(),
            unseen_cascades: Vec::new(),
            are_cascades_noted: false,
        }
    }

    /// A file begins: table numbers start anew.
    pub(super) fn begin_file(&mut self, server: ServerVersion) {
        if std::mem::replace(&mut self.server, server) != server {
            self.tables.forget();
            self.are_cascades_noted = false;
        }
        self.tables.begin_file();
    }

    /// Takes one event.
    pub(super) fn follow(&mut self, site: Site<'_>, header: &EventHeader, body: &[u8]) -> Result<Flow, BinlogError> {
        let malformed = |source| BinlogError::Malformed { at: site.start(), event: event::name(header.code), source: Box::new(source) };
        match EventKind::of(header.code) {
            EventKind::Rows { kind, compressed } => self.rows(site, header, kind, compressed, body)?,
            EventKind::TableMap => self.table_map(site, body)?,
            EventKind::Nothing | EventKind::StatementContext | EventKind::Stop => {}
            EventKind::Query => return self.query(site, header, &QueryEvent::parse(body, false, 0).map_err(malformed)?),
            EventKind::QueryCompressed => {
                let query = QueryEvent::parse(body, true, self.options.limits.max_event_bytes).map_err(malformed)?;
                return self.query(site, header, &query);
            }
            EventKind::Xid => return self.end(site),
            EventKind::XaPrepare => return self.xa_prepare(site, body),
            EventKind::MysqlGtid => return self.announce(site, header, gtid_event::parse_mysql(body, false).map_err(malformed)?),
            EventKind::AnonymousGtid => return self.announce(site, header, gtid_event::parse_mysql(body, true).map_err(malformed)?),
            EventKind::MysqlTaggedGtid => return self.announce(site, header, gtid_event::parse_mysql_tagged(body).map_err(malformed)?),
            EventKind::MariadbGtid => return self.announce(site, header, gtid_event::parse_mariadb(body, header).map_err(malformed)?),
            EventKind::PreviousGtids => {
                let previous = gtid_event::parse_previous_gtids(body).map_err(malformed)?;
                if self.continuity.previous_mysql(&previous)? {
                    self.bounds.before_mysql_capture(&previous)?;
                }
            }
            EventKind::MariadbGtidList => {
                let previous = gtid_event::parse_mariadb_list(body).map_err(malformed)?;
                if self.continuity.previous_mariadb(&previous)? {
                    self.bounds.before_mariadb_capture(&previous)?;
                }
            }
            EventKind::TransactionPayload => return Ok(Flow::Payload),
            EventKind::Rotate if header.flags & FLAG_ARTIFICIAL == 0 => {
                let name = body.get(8..).ok_or(DecodeError::Truncated { what: "the next file's name", offset: 8 }).map_err(malformed)?;
                return Ok(Flow::Rotate(String::from_utf8_lossy(name).into_owned()));
            }
            EventKind::Rotate => {}
            EventKind::StartEncryption => {
                return Err(BinlogError::Encrypted { file: site.file.to_string(), by: "MariaDB's `encrypt_binlog`" });
            }
            EventKind::FormatDescription => return Err(sequence(site, "a format description inside a compressed transaction".to_owned())),
            EventKind::LoadData | EventKind::Incident | EventKind::Ancient | EventKind::Unknown => self.refuse(site, header)?,
        }
        Ok(Flow::Next)
    }

    /// Events that cannot be read; outside of what is read they do no harm.
    fn refuse(&self, site: Site<'_>, header: &EventHeader) -> Result<(), BinlogError> {
        if self.is_skipping() || header.flags & FLAG_IGNORABLE != 0 {
            return Ok(());
        }
        Err(match EventKind::of(header.code) {
            EventKind::LoadData => BinlogError::StatementBased { at: site.start(), statement: "LOAD DATA".to_owned() },
            EventKind::Incident => BinlogError::Incident { at: site.start() },
            EventKind::Ancient => {
                BinlogError::Unsupported { at: site.start(), what: format!("events of type {} are of servers before 5.1", header.code) }
            }
            _ => BinlogError::UnknownEvent { at: site.start(), code: header.code },
        })
    }

    /// Whether what comes now lies outside of what is read.
    fn is_skipping(&self) -> bool {
        self.group.as_ref().map_or_else(|| self.bounds.is_before_start(), |group| group.is_skipped)
    }

    /// A transaction's GTID, or the place of one.
    fn announce(&mut self, site: Site<'_>, header: &EventHeader, announced: Announcement) -> Result<Flow, BinlogError> {
        if let Some(open) = &self.group {
            return Err(sequence(site, format!("a transaction begins inside the one that began at `{}`", open.start)));
        }
        self.continuity.check_proven()?;
        let time_us = announced.commit_time_us.unwrap_or(i64::from(header.time_s) * 1_000_000);
        let mut group = Group::new(site.start(), announced.gtid, time_us);
        let admission = self.bounds.admit(group.gtid.as_ref(), time_us)?;
        group.is_skipped = admission == Admission::Skip;
        group.is_open = announced.begins;
        group.images_before = self.builder.images();
        group.bytes_before = self.builder.bytes();
        self.tables.begin_transaction();
        if admission == Admission::Stop {
            return Ok(Flow::Stop);
        }
        let is_read = !group.is_skipped;
        self.group = Some(group);
        if is_read && !self.are_cascades_noted {
            self.note_cascades(site)?;
        }
        Ok(Flow::Next)
    }

    /// Looks for foreign keys of wanted tables whose doings the binlog does not show.
    fn note_cascades(&mut self, site: Site<'_>) -> Result<(), BinlogError> {
        let Self { interest, history, unseen_cascades, options, .. } = self;
        for cascade in UnseenCascade::all(history, self.server, |table| interest.wants_table(table)) {
            if options.cascades == CascadePolicy::Refuse {
                return Err(BinlogError::Cascade { at: site.start(), cascade: Box::new(cascade) });
            }
            if !unseen_cascades.contains(&cascade) {
                unseen_cascades.push(cascade);
            }
        }
        self.are_cascades_noted = true;
        Ok(())
    }

    /// The foreign keys whose doings the binlog does not show, in the order in which they were met.
    pub(super) fn unseen_cascades(&self) -> &[UnseenCascade] {
        &self.unseen_cascades
    }

    /// The transaction at hand ends with this event.
    fn end(&mut self, site: Site<'_>) -> Result<Flow, BinlogError> {
        let Some(group) = self.group.take() else { return Err(sequence(site, "a transaction ends that did not begin".to_owned())) };
        if group.is_told {
            self.builder.end_transaction(site.end());
        }
        self.continuity.pass(group.gtid.as_ref());
        let limits = &self.options.limits;
        if self.builder.images() >= limits.images_per_set || self.builder.bytes() >= limits.bytes_per_set {
            self.flush();
        }
        Ok(match self.bounds.pass(group.gtid.as_ref()) {
            Admission::Stop => Flow::Stop,
            Admission::Read | Admission::Skip => Flow::Next,
        })
    }

    /// Whether the definitions that reading began with are younger than this place.
    pub(super) fn is_in_definitions(&self, site: Site<'_>) -> bool {
        let rank = |file: &str, offset: u64| (file_number(file), offset);
        self.options.definitions_as_of.as_ref().is_some_and(|as_of| rank(site.file, site.offset) < rank(&as_of.file, as_of.offset))
    }

    /// A statement changed definitions: tables are settled anew.
    pub(super) fn definitions_changed(&mut self, site: Site<'_>) -> Result<(), BinlogError> {
        self.tables.forget();
        self.are_cascades_noted = false;
        if self.is_skipping() { Ok(()) } else { self.note_cascades(site) }
    }

    /// The tables whose rows were passed over, with how many rows events that were.
    pub(super) fn unread_tables(&self) -> impl Iterator<Item = (&TableName, u64)> {
        self.tables.unread()
    }

    /// Gives out the changes so far.
    pub(super) fn flush(&mut self) {
        if !self.builder.has_news() {
            return;
        }
        self.ready.push_back(Item::Changes(self.builder.finish()));
        if let Some(group) = &mut self.group {
            (group.images_before, group.bytes_before) = (0, 0);
        }
    }

    fn table_map(&mut self, site: Site<'_>, body: &[u8]) -> Result<(), BinlogError> {
        match &self.group {
            Some(group) if group.is_skipped => return Ok(()),
            Some(group) if group.is_open => {}
            _ => return Err(sequence(site, "a table map outside of a transaction".to_owned())),
        }
        let settling = Settling { interest: &mut self.interest, history: &mut self.history, flavor: self.server.flavor };
        self.tables.map(body, settling, || site.start())
    }

    fn rows(
        &mut self,
        site: Site<'_>,
        header: &EventHeader,
        kind: RowsEventKind,
        is_compressed: bool,
        body: &[u8],
    ) -> Result<(), BinlogError> {
        let malformed = |source| BinlogError::Malformed { at: site.start(), event: event::name(header.code), source: Box::new(source) };
        let Some(group) = self.group.as_mut().filter(|group| group.is_open) else {
            return Err(sequence(site, "rows outside of a transaction".to_owned()));
        };
        if group.is_skipped {
            return Ok(());
        }
        let head = RowsHead::parse(body, POST_HEADER).map_err(malformed)?;
        let table = match self.tables.get(head.table_id) {
            Some(Settled::Wanted(table)) => table,
            Some(&Settled::Unread(table)) => {
                self.tables.pass_over(table);
                return Ok(());
            }
            None if head.is_dummy() => return Ok(()),
            None => return Err(sequence(site, format!("rows of table number {}, which their transaction does not map", head.table_id))),
        };
        let limits = &self.options.limits;
        let body = if is_compressed {
            self.inflater.rows_event(body, kind, limits.max_event_bytes, &mut self.inflated).map_err(malformed)?;
            self.inflated.as_slice()
        } else {
            body
        };
        if !group.is_told {
            self.builder.begin_transaction(group.to_transaction());
            group.is_told = true;
        }
        group.rows_events += 1;
        let place = RowsPlace { offset: site.offset, inner: site.inner, time_s: header.time_s, post_header_length: POST_HEADER };
        self.builder.rows_event(kind, body, table, place).map_err(malformed)?;
        let (images, bytes) = (self.builder.images() - group.images_before, self.builder.bytes() - group.bytes_before);
        if images >= limits.images_per_set || bytes >= limits.bytes_per_set {
            self.flush();
        }
        if self.inflated.capacity() > KEPT_BYTES {
            self.inflated = Vec::new();
        }
        Ok(())
    }

    fn query(&mut self, site: Site<'_>, header: &EventHeader, query: &QueryEvent<'_>) -> Result<Flow, BinlogError> {
        if self.group.is_none() {
            // No GTID announced it: MySQL 5.6, or GTIDs are off on MariaDB before 10.
            self.announce(site, header, Announcement { gtid: None, commit_time_us: None, begins: false })?;
        }
        let Some(group) = self.group.as_mut() else { return Ok(Flow::Stop) };
        match &*query.sql {
            b"BEGIN" => {
                group.is_open = true;
                return Ok(Flow::Next);
            }
            b"COMMIT" => return self.end(site),
            _ => {}
        }
        let decoded = query.session.decode(&query.sql, self.server.flavor);
        let text = decoded.as_ref().map_or_else(|_| String::from_utf8_lossy(&query.sql), |text| Cow::Borrowed(&**text));
        let default_schema = String::from_utf8_lossy(query.default_schema);
        match Statement::of(&text, &default_schema, query.session.backslash_escapes()) {
            Statement::Begin | Statement::XaStart => group.is_open = true,
            Statement::Commit => return self.end(site),
            Statement::Rollback => return self.rollback(site),
            Statement::Savepoint(name) => group.set_savepoint(name),
            Statement::RollbackTo(name) if group.has_rows_since(name) => {
                let what = "rows are taken back by ROLLBACK TO SAVEPOINT, which is not followed".to_owned();
                return Err(BinlogError::Unsupported { at: site.start(), what });
            }
            Statement::RollbackTo(_) | Statement::XaEnd => {}
            Statement::XaCommit(xid) => return self.xa_commit(site, xid),
            Statement::XaRollback(xid) => {
                self.empty_xa.remove(&xid.to_lowercase());
                return self.end(site);
            }
            Statement::Definition(sql) => {
                if let Err(source) = &decoded {
                    return Err(BinlogError::Charset { at: site.start(), source: *source });
                }
                self.definition(site, query, sql, &default_schema)?;
            }
            Statement::Empties(table) if group.is_skipped || !self.interest.wants_table(&table) => {}
            Statement::Empties(_) => return Err(BinlogError::StatementBased { at: site.start(), statement: "DELETE".to_owned() }),
            Statement::Rows(_) if group.is_skipped => {}
            Statement::Rows(word) => {
                let statement = word.chars().take(32).collect::<String>().to_uppercase();
                return Err(BinlogError::StatementBased { at: site.start(), statement });
            }
            Statement::Nothing => {}
        }
        // A statement without BEGIN is a transaction by itself.
        if self.group.as_ref().is_some_and(|group| !group.is_open) { self.end(site) } else { Ok(Flow::Next) }
    }

    fn rollback(&mut self, site: Site<'_>) -> Result<Flow, BinlogError> {
        if self.group.as_ref().is_some_and(|group| group.rows_events > 0) {
            let what =
                "a transaction with rows ends with ROLLBACK: some of them stay (tables without transactions), some do not".to_owned();
            return Err(BinlogError::Unsupported { at: site.start(), what });
        }
        self.end(site)
    }

    /// `XA PREPARE`, or `XA COMMIT … ONE PHASE`, which is a commit.
    fn xa_prepare(&mut self, site: Site<'_>, body: &[u8]) -> Result<Flow, BinlogError> {
        let malformed = |source| BinlogError::Malformed { at: site.start(), event: "XA prepare", source: Box::new(source) };
        let (is_one_phase, xid) = xid(body).map_err(malformed)?;
        let Some(group) = &self.group else { return self.end(site) };
        if !is_one_phase && !group.is_skipped {
            if group.rows_events > 0 {
                let what =
                    "an XA transaction in two phases: its rows are prepared here and committed elsewhere, which is not followed".to_owned();
                return Err(BinlogError::Unsupported { at: site.start(), what });
            }
            self.empty_xa.insert(xid.to_lowercase());
        }
        self.end(site)
    }

    /// The second phase: of a transaction whose rows count it was refused before, or it lies before the capture.
    fn xa_commit(&mut self, site: Site<'_>, xid: &str) -> Result<Flow, BinlogError> {
        let is_known = self.empty_xa.remove(&xid.to_lowercase());
        if !is_known && !self.is_skipping() {
            let what = "an XA transaction is committed whose rows were prepared before what is read".to_owned();
            return Err(BinlogError::Unsupported { at: site.start(), what });
        }
        self.end(site)
    }
}

/// The length of the fixed part of table maps and rows events; the format description is held to it.
const POST_HEADER: u8 = 8;
/// A buffer that a large event left behind is given back when it exceeds this.
const KEPT_BYTES: usize = 4 << 20;

fn sequence(site: Site<'_>, reason: String) -> BinlogError {
    BinlogError::Sequence { at: site.start(), reason }
}

/// Whether the event commits in one phase, and the identifier as statements write it: `X'7831',X'',1`.
fn xid(body: &[u8]) -> Result<(bool, String), DecodeError> {
    let mut fields = super::cursor::Cursor::new(body);
    let is_one_phase = fields.u8("the phase")? != 0;
    let format = fields.uint(4, "the format of the identifier")?;
    let global = fields.uint(4, "the length of the global part")? as usize;
    let branch = fields.uint(4, "the length of the branch")? as usize;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let global = hex(fields.take(global, "the global part")?);
    let branch = hex(fields.take(branch, "the branch")?);
    Ok((is_one_phase, format!("X'{global}',X'{branch}',{format}")))
}
