//! Rowgate carries row changes from MySQL and MariaDB to MySQL and MariaDB through mapping rules
//! written in SQL.
//!
//! # The way of a row
//!
//! ```text
//! query files ─► dsl (text → tree, spans, diagnostics) ─┐
//!                                                       ▼
//! captured files ─► binlog ─► change ─► columnar ─► mapping (bind → plan → evaluate → transition) ─► load
//!                                                                                                    │
//!                              SQL scripts ◄─ or ─ windows → net change → components → lanes ─► mysql ─► targets
//!                                                                          checkpoint (same transaction)
//! ```
//!
//! # Rooms
//!
//! Imports go down this table; sideways only where it says so. `tests/it/tidy.rs` holds it.
//!
//! | layer | module | owns | alone may name |
//! |---|---|---|---|
//! | 0 | `dsl` (crate) | the language: text, tree, spans, diagnostics | |
//! | 0 | [`schema`] | names, column types, table definitions, their history, reading DDL | |
//! | 0 | [`position`] | binlog offsets, GTID sets | |
//! | 0 | [`fault`] | how an error is to be met: transient, definite, defect | |
//! | 1 | [`change`] | batches of row images, transactions | |
//! | 1 | [`columnar`] | MySQL's types in Arrow and back to MySQL's text | |
//! | 2 | [`mapping`] | binding, plans, evaluation, routes, transitions, MySQL's functions | datafusion (with `query`) |
//! | 2 | [`mysql`] | servers: sessions, statements, errors, definitions of tables | mysql_async |
//! | 3 | [`binlog`] | files, events, row images into Arrow | |
//! | 3 | [`checkpoint`] | how far each lane of a target is, durable in the target | |
//! | 3 | [`lookup`] | small tables beside the rows: from files and servers | csv |
//! | 3 | [`load`] | where mutations are written: scripts, servers; windows, lanes | |
//! | 4 | [`source`] | live servers: what they are, their binlogs, the sessions that send them | |
//! | 4 | [`capture`] | a folder that holds a source's binlogs and definitions, byte for byte | |
//! | 4 | [`query`] | a capture as tables | |
//! | 4 | [`rule_test`] | `TEST` statements: images from constants, what came out, what was expected | |
//! | 4 | [`pipeline`] | the flow from capture to loader: preview, replay | |
//! | 4 | [`retl`] | the schema `retl` of a target: what is in it, who may use it | |
//! | 5 | [`config`] | which servers are meant and what opens them: `rowgate.toml`, destinations, passwords | toml |
//! | 5 | [`cli`] | flags, output; the only code that prints | clap |
//!
//! `schema` may import `position`, `load` may import `checkpoint`, `capture` may import `source`, `cli` may import `config`; Arrow may be named from layer 1 up.

pub mod binlog;
pub mod capture;
pub mod change;
pub mod checkpoint;
pub mod cli;
pub mod columnar;
pub mod config;
pub mod fault;
pub mod load;
pub mod lookup;
pub mod mapping;
pub mod mysql;
pub mod pipeline;
pub mod position;
pub mod query;
pub mod retl;
pub mod rule_test;
pub mod schema;
pub mod source;
