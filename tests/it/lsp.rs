//! `rowgate lsp`, spoken to as an editor speaks to it: the protocol's bytes over standard input and output.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

const SCHEMA: &str =
    "CREATE TABLE s.t (id BIGINT PRIMARY KEY, k INT NULL, `key` VARCHAR(5) NOT NULL DEFAULT 'none');\nCREATE TABLE s.u (a INT);";

/// An editor with one server.
struct Editor {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next_id: u64,
    /// The last diagnostics told of each file.
    diagnostics: Vec<(String, Vec<Value>)>,
}

impl Editor {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rowgate"));
        command.arg("lsp").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().expect("the binary of this package runs");
        let output = BufReader::new(server.stdout.take().expect("it is piped"));
        let input = server.stdin.take();
        let mut editor = Self { server, input, output, next_id: 0, diagnostics: Vec::new() };
        let capabilities =
            editor.ask("initialize", json!({ "capabilities": {}, "processId": null, "rootUri": null }))["capabilities"].clone();
        assert_eq!(capabilities["hoverProvider"], true, "{capabilities}");
        assert_eq!(capabilities["documentFormattingProvider"], true);
        editor.tell("initialized", json!({}));
        editor
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().expect("it is open");
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
        input.flush().expect("the server reads");
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The result of a request; diagnostics that come meanwhile are kept.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                assert!(message["error"].is_null(), "{message}");
                return message["result"].clone();
            }
        }
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("the server writes") > 0, "the server is gone");
            match line.trim().split_once(": ") {
                Some(("Content-Length", digits)) => length = digits.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("the server writes what it says");
        let message: Value = serde_json::from_slice(&body).expect("messages are JSON");
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().expect("an address").to_owned();
            let found = message["params"]["diagnostics"].as_array().expect("a list").clone();
            self.diagnostics.retain(|(known, _)| *known != uri);
            self.diagnostics.push((uri, found));
        }
        message
    }

    fn open(&mut self, path: &Path, text: &str) {
        let document = json!({ "uri": uri(path), "languageId": "sql", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, path: &Path, text: &str) {
        let document = json!({ "uri": uri(path), "version": 2 });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    /// The next diagnostics of a file.
    fn told_of(&mut self, path: &Path) -> Vec<Value> {
        self.diagnostics.clear();
        loop {
            self.receive();
            if let Some((_, found)) = self.diagnostics.iter().find(|(known, _)| *known == uri(path)) {
                return found.clone();
            }
        }
    }

    /// What a hover at the `|` of a text shows; the file holds the text without it.
    fn hover(&mut self, path: &Path, marked: &str) -> String {
        let (text, position) = cursor(marked);
        self.change(path, &text);
        let answer = self.ask("textDocument/hover", json!({ "textDocument": { "uri": uri(path) }, "position": position }));
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// The labels offered at the `|` of a text.
    fn complete(&mut self, path: &Path, marked: &str) -> Vec<String> {
        let (text, position) = cursor(marked);
        self.change(path, &text);
        let answer = self.ask("textDocument/completion", json!({ "textDocument": { "uri": uri(path) }, "position": position }));
        let items = answer.as_array().expect("a list").iter();
        items.map(|item| item["label"].as_str().expect("a label").to_owned()).collect()
    }

    fn stop(mut self) {
        assert!(self.ask("shutdown", Value::Null).is_null());
        self.tell("exit", Value::Null);
        self.input = None;
        assert!(self.server.wait().expect("it ends").success());
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display().to_string().replace(' ', "%20"))
}

fn cursor(marked: &str) -> (String, Value) {
    let at = marked.find('|').expect("a mark");
    let before = &marked[..at];
    let column: usize = before.rsplit('\n').next().expect("a line").chars().map(char::len_utf16).sum();
    (marked.replacen('|', "", 1), json!({ "line": before.matches('\n').count(), "character": column }))
}

/// A folder with a schema, and the path of a query file in it.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let own = folder.path().join("my rules");
    fs::create_dir(&own).expect("the temporary folder is writable");
    fs::write(own.join("schema.sql"), SCHEMA).expect("the temporary folder is writable");
    (folder, own.join("rules.sql"))
}

#[test]
fn problems_are_told_as_they_are_typed_with_code_place_and_hint() {
    let (_folder, path) = folder();
    let mut editor = Editor::start(&[]);
    editor.open(&path, "-- 😀\nCREATE MAPPING m AS SELECT /* 😀 */ id, kk FROM s.t;");
    let found = editor.told_of(&path);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["code"], &found[0]["severity"], &found[0]["source"]), (&"R1001".into(), &1.into(), &"rowgate".into()));
    let range = json!({ "start": { "line": 1, "character": 40 }, "end": { "line": 1, "character": 42 } });
    assert_eq!(found[0]["range"], range);
    editor.change(&path, "CREATE MAPPING m AS SELECT id, k FROM s.t;\nTEST 'x' GIVEN INSERT INTO s.t (id = 'a') EXPECT NOTHING;");
    let found = editor.told_of(&path);
    assert_eq!(found.iter().map(|found| found["code"].clone()).collect::<Vec<_>>(), ["R4002"], "{found:?}");
    editor.change(&path, "CREATE MAPPING m AS SELECT id, k FROM s.t;");
    assert_eq!(editor.told_of(&path), [json!(null); 0]);
    editor.stop();
}

#[test]
fn an_open_schema_counts_before_it_is_saved() {
    let (_folder, path) = folder();
    let mut editor = Editor::start(&[]);
    editor.open(&path, "CREATE MAPPING m AS SELECT id, fresh FROM s.t;");
    assert_eq!(editor.told_of(&path)[0]["code"], "R1001");
    editor.open(&path.with_file_name("schema.sql"), "CREATE TABLE s.t (id BIGINT PRIMARY KEY, fresh INT);");
    assert_eq!(editor.told_of(&path), [json!(null); 0]);
    editor.stop();
}

#[test]
fn hover_tells_types_and_what_functions_do() {
    let (_folder, path) = folder();
    let mut editor = Editor::start(&[]);
    editor.open(&path, "");
    let rule = |select: &str| format!("CREATE MAPPING m AS SELECT id, {select} AS x FROM s.t;");
    assert!(editor.hover(&path, &rule("`k|ey`")).contains("key varchar(5)"));
    assert!(editor.hover(&path, &rule("le|ft(`key`, 2)")).contains("LEFT"));
    assert!(editor.hover(&path, &rule("k |+ 1")).contains("BIGINT"));
    assert!(editor.hover(&path, "CREATE MAPPING m AS SELECT * FROM s|.t;").contains("id bigint NOT NULL"));
    assert!(editor.hover(&path, "CREATE MAPPING m AS SELECT * FROM s.t WHERE k> 0 WHEN before.|k <> after.k;").contains("k int"));
    assert!(editor.hover(&path, "TEST 'x' GIVEN INSERT INTO s.t (i|d = 1) EXPECT NOTHING;").contains("id bigint"));
    assert_eq!(editor.hover(&path, "CREATE MAP|PING m AS SELECT * FROM s.t;"), "");
    editor.stop();
}

#[test]
fn hover_shows_a_value_of_the_capture() {
    let (_folder, path) = folder();
    let mut editor = Editor::start(&["--from", "tests/captures/maria-small.binlog"]);
    editor.open(&path, "");
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let shown = editor.hover(&path, "CREATE MAPPING m AS SELECT id, batch|_no FROM fintax_task.task_batch;");
        if shown.contains("in the capture: `") {
            break;
        }
        assert!(Instant::now() < until, "no value in: {shown}");
        thread::sleep(Duration::from_millis(50));
    }
    editor.stop();
}

#[test]
fn what_may_stand_at_the_cursor_is_offered() {
    let (_folder, path) = folder();
    let mut editor = Editor::start(&[]);
    editor.open(&path, "");
    for (marked, offered, not_offered) in [
        ("|", vec!["CREATE MAPPING", "TEST"], vec!["SELECT"]),
        ("CREATE MAPPING m AS SELECT * FROM |", vec!["s.t", "s.u"], vec!["id"]),
        ("CREATE MAPPING m AS SELECT * FROM s.|", vec!["t", "u"], vec!["s.t"]),
        ("CREATE MAPPING m AS SELECT | FROM s.t;", vec!["id", "`key`", "left", "CASE", "schema"], vec!["a", "s.t"]),
        ("CREATE MAPPING m AS SELECT * FROM s.t AS x WHERE x.|", vec!["id", "`key`"], vec!["left"]),
        ("CREATE MAPPING m AS SELECT * FROM s.t WHERE k > 0 |", vec!["AND", "ROUTE TO", "KEY"], vec!["FROM"]),
        ("CREATE MAPPING m AS SELECT * FROM s.t KEY (|", vec!["id", "k"], vec!["left"]),
        ("CREATE MAPPING m AS SELECT * FROM s.t WITH (|", vec!["on_null_route"], vec!["id"]),
        ("CREATE MAPPING m AS SELECT * FROM s.t WHEN before.|", vec!["id"], vec!["left"]),
        ("CREATE MAPPING m AS SELECT * FROM s.t WHERE k = 'a |'", vec![], vec!["id"]),
        ("CREATE MAPPING m AS SELECT * FROM s.t;\nTEST 'x' GIVEN INSERT INTO |", vec!["s.t"], vec!["id"]),
        ("TEST 'x' GIVEN UPDATE s.t (id = 1) TO (|", vec!["id", "k"], vec!["s.t"]),
        ("TEST 'x' GIVEN INSERT INTO s.t (id = 1) EXPECT INSERT INTO a.b (id = 1, |", vec!["id", "k"], vec!["s.t"]),
        ("TEST 'x' GIVEN INSERT INTO s.t (id = 1) |", vec!["EXPECT"], vec!["id"]),
    ] {
        let found = editor.complete(&path, marked);
        for label in offered {
            assert!(found.iter().any(|found| found == label), "`{label}` at {marked} in {found:?}");
        }
        for label in not_offered {
            assert!(!found.iter().any(|found| found == label), "`{label}` at {marked}");
        }
    }
    editor.stop();
}

#[test]
fn layout_is_that_of_fmt_and_none_for_wrong_text() {
    let (_folder, path) = folder();
    let mut editor = Editor::start(&[]);
    editor.open(&path, "create mapping m as select * from s.t -- why\n;");
    let ask = |editor: &mut Editor| {
        let options = json!({ "tabSize": 4, "insertSpaces": true });
        editor.ask("textDocument/formatting", json!({ "textDocument": { "uri": uri(&path) }, "options": options }))
    };
    let edits = ask(&mut editor);
    assert_eq!(edits[0]["newText"], "CREATE MAPPING m AS\nSELECT *\nFROM   s.t; -- why\n");
    assert_eq!(edits[0]["range"]["end"], json!({ "line": 1, "character": 1 }));
    editor.change(&path, "create mapping m as select * from t;");
    assert!(ask(&mut editor).is_null());
    editor.stop();
}
