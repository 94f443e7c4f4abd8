//! The messages of one editor, answered in their order.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use dsl::Severity;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::{
    CompletionParams, CompletionResponse, Diagnostic, DiagnosticSeverity, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DocumentFormattingParams, HoverParams, NumberOrString, PublishDiagnosticsParams, TextDocumentPositionParams,
    TextEdit, Uri,
    notification::{DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Notification as _, PublishDiagnostics},
    request::{Completion, Formatting, HoverRequest, Request as _},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    super::{failure::Failure, query_files::TextFile},
    broken, completion, hover,
    place::{byte_at, range_of},
    sample::Samples,
    workspace::Workspace,
};

/// An editor's state.
#[derive(Debug)]
pub(super) struct Session {
    workspace: Workspace,
    /// The addresses of the open files, as the editor writes them.
    addresses: BTreeMap<PathBuf, Uri>,
    /// The folders whose files have changed since they were checked.
    changed: BTreeSet<PathBuf>,
}

impl Session {
    pub(super) fn new(schema: Option<TextFile>, samples: Samples) -> Self {
        Self { workspace: Workspace::new(schema, samples), addresses: BTreeMap::new(), changed: BTreeSet::new() }
    }

    /// Answers until the editor shuts the server down. Files are checked when no message waits, so that who types is not kept.
    pub(super) fn serve(&mut self, connection: &Connection) -> Result<(), Failure> {
        loop {
            let message = match connection.receiver.try_recv() {
                Ok(message) => message,
                Err(_) => {
                    self.check(connection)?;
                    match connection.receiver.recv() {
                        Ok(message) => message,
                        Err(_) => return Ok(()),
                    }
                }
            };
            match message {
                Message::Request(request) => {
                    if connection.handle_shutdown(&request).map_err(|error| broken(&error))? {
                        return Ok(());
                    }
                    send(connection, Message::Response(self.answer(request)))?;
                }
                Message::Notification(notification) => self.hear(connection, notification)?,
                Message::Response(_) => {}
            }
        }
    }

    fn answer(&self, request: Request) -> Response {
        match request.method.as_str() {
            HoverRequest::METHOD => reply(request, |params: HoverParams| {
                self.at(&params.text_document_position_params, |text, path, byte| hover::at(&self.workspace, text, path, byte))
            }),
            Completion::METHOD => reply(request, |params: CompletionParams| {
                let found =
                    self.at(&params.text_document_position, |text, path, byte| Some(completion::at(&self.workspace, text, path, byte)));
                found.map(CompletionResponse::Array)
            }),
            Formatting::METHOD => reply(request, |params: DocumentFormattingParams| self.formatted(&params.text_document.uri)),
            method => Response::new_err(request.id.clone(), ErrorCode::MethodNotFound as i32, format!("`{method}` is not offered")),
        }
    }

    /// Asks about a place of an open file.
    fn at<T>(&self, at: &TextDocumentPositionParams, ask: impl FnOnce(&str, &Path, usize) -> Option<T>) -> Option<T> {
        let path = path_of(&at.text_document.uri);
        let text = self.workspace.open.get(&path)?;
        ask(text, &path, byte_at(text, at.position))
    }

    /// The whole file anew; none where it has errors, or its layout already.
    fn formatted(&self, uri: &Uri) -> Option<Vec<TextEdit>> {
        let text = self.workspace.open.get(&path_of(uri))?;
        let new_text = dsl::format(text).ok().filter(|formatted| formatted != text)?;
        let whole = dsl::Span::new(0, u32::try_from(text.len()).ok()?);
        Some(vec![TextEdit { range: range_of(text, whole), new_text }])
    }

    fn hear(&mut self, connection: &Connection, notification: Notification) -> Result<(), Failure> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let Some(params) = params::<DidOpenTextDocumentParams>(notification) else { return Ok(()) };
                self.set(params.text_document.uri, params.text_document.text);
            }
            DidChangeTextDocument::METHOD => {
                let Some(params) = params::<DidChangeTextDocumentParams>(notification) else { return Ok(()) };
                // The whole text each time: the server asked for it so.
                if let Some(change) = params.content_changes.into_iter().next_back() {
                    self.set(params.text_document.uri, change.text);
                }
            }
            DidCloseTextDocument::METHOD => {
                let Some(params) = params::<DidCloseTextDocumentParams>(notification) else { return Ok(()) };
                let path = path_of(&params.text_document.uri);
                self.workspace.open.remove(&path);
                self.addresses.remove(&path);
                self.touch(&path);
                publish(connection, params.text_document.uri, Vec::new())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn set(&mut self, uri: Uri, text: String) {
        let path = path_of(&uri);
        self.touch(&path);
        self.workspace.open.insert(path.clone(), text);
        self.addresses.insert(path, uri);
    }

    fn touch(&mut self, path: &Path) {
        self.changed.extend(path.parent().map(Path::to_owned));
    }

    /// Tells the problems of all open files of the folders that changed.
    fn check(&mut self, connection: &Connection) -> Result<(), Failure> {
        for folder in std::mem::take(&mut self.changed) {
            let open: Vec<&PathBuf> = self.workspace.open.keys().filter(|path| path.parent() == Some(&folder)).collect();
            let Some(first) = open.first() else { continue };
            let checked = self.workspace.folder_of(first);
            for path in &open {
                let Some(uri) = self.addresses.get(*path) else { continue };
                let text = &self.workspace.open[*path];
                let number = checked.file(path);
                let own = checked.problems.iter().filter(|problem| Some(problem.file) == number);
                publish(connection, uri.clone(), own.map(|problem| diagnostic(text, &problem.diagnostic)).collect())?;
            }
        }
        Ok(())
    }
}

fn diagnostic(text: &str, found: &dsl::Diagnostic) -> Diagnostic {
    let severity = match found.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    };
    let message = found.hint.as_ref().map_or_else(|| found.message.clone(), |hint| format!("{}\n{hint}", found.message));
    Diagnostic {
        range: range_of(text, found.span),
        severity: Some(severity),
        code: Some(NumberOrString::String(found.code.to_string())),
        source: Some("rowgate".to_owned()),
        message,
        ..Diagnostic::default()
    }
}

fn publish(connection: &Connection, uri: Uri, diagnostics: Vec<Diagnostic>) -> Result<(), Failure> {
    let params = PublishDiagnosticsParams { uri, diagnostics, version: None };
    send(connection, Message::Notification(Notification::new(PublishDiagnostics::METHOD.to_owned(), params)))
}

fn send(connection: &Connection, message: Message) -> Result<(), Failure> {
    connection.sender.send(message).map_err(|error| broken(&error))
}

fn params<T: DeserializeOwned>(notification: Notification) -> Option<T> {
    serde_json::from_value(notification.params).ok()
}

fn reply<T: DeserializeOwned, R: Serialize>(request: Request, answer: impl FnOnce(T) -> R) -> Response {
    match serde_json::from_value(request.params) {
        Ok(params) => Response::new_ok(request.id, answer(params)),
        Err(error) => Response::new_err(request.id, ErrorCode::InvalidParams as i32, error.to_string()),
    }
}

/// The path of a `file:` address; of another one its text, which no file has.
fn path_of(uri: &Uri) -> PathBuf {
    let text = uri.as_str();
    let encoded = text.strip_prefix("file://").unwrap_or(text).as_bytes();
    let digit = |at: usize| encoded.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut at = 0;
    while let Some(byte) = encoded.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}
