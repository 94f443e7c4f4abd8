//! `rowgate lsp`: query files in editors, by the Language Server Protocol over standard input and output.
//!
//! Diagnostics as `check` has them, of every open file, each time one of its folder changes; hover; completion; layout.

mod completion;
mod hover;
mod place;
mod sample;
mod session;
mod statement;
mod workspace;

use lsp_server::Connection;
use lsp_types::{
    CompletionOptions, HoverProviderCapability, InitializeParams, OneOf, ServerCapabilities, TextDocumentSyncCapability,
    TextDocumentSyncKind,
};

use self::{sample::Samples, session::Session};
use super::{
    args::LspArguments,
    failure::{Exit, Failure},
    query_files::read,
};

/// Serves one editor until it says good-bye.
pub(super) fn run(arguments: &LspArguments) -> Result<Exit, Failure> {
    let schema = arguments.schema.as_deref().map(read).transpose()?;
    let samples = Samples::gather(&arguments.from)?;
    let (connection, threads) = Connection::stdio();
    serve(&connection, Session::new(schema, samples))?;
    // The threads end when nothing more can be sent.
    drop(connection);
    threads.join().map_err(|error| broken(&error))?;
    Ok(Exit::Done)
}

fn serve(connection: &Connection, mut session: Session) -> Result<(), Failure> {
    let capabilities = ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![".".to_owned(), "(".to_owned(), " ".to_owned()]),
            ..CompletionOptions::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    };
    let capabilities = serde_json::to_value(capabilities).map_err(|error| broken(&error))?;
    let client = connection.initialize(capabilities).map_err(|error| broken(&error))?;
    let _client: InitializeParams = serde_json::from_value(client).map_err(|error| broken(&error))?;
    session.serve(connection)
}

/// The editor is gone, or speaks something else.
fn broken(error: &dyn std::error::Error) -> Failure {
    Failure::unavailable(format!("the editor's connection is broken: {error}"))
}
