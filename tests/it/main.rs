//! All integration tests in one binary, so that DataFusion links once.

mod capture_reader;
mod character_sets;
mod charsets;
mod command;
mod commands;
mod contents;
mod damage;
mod ddl;
mod decoding;
mod end_state;
mod event_file;
mod expression_generator;
mod expression_shrink;
mod expression_table;
mod expressions;
mod memory;
mod odd_events;
mod precedence;
mod query;
mod read_capture;
mod replay;
mod row_images;
mod rules;
mod server;
mod stored_value;
mod tidy;
