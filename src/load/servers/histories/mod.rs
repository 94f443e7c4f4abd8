//! The loader against random histories: its windows, lanes and checkpoints, with crashes, over a model of MySQL's tables.
//!
//! `tests/loader_model` checks the algorithm; here the loader itself runs, and only its servers are a model.

mod dice;
mod faults;
mod hearing;
mod history;
mod memory_server;
mod memory_session;
mod memory_table;
mod properties;
mod routing;
mod run;
mod shape;

use dice::Dice;
use history::{Contents, History, Row};
use memory_server::{MemoryServer, Refused};
use memory_session::MemoryTarget;
use memory_table::MemoryTable;
use shape::{Cell, Keys, Shape};
