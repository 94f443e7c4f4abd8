//! Holds the table of rooms in `src/lib.rs`, and the layout rules that no compiler holds.
//!
//! It reads source as text: a comment ends a line's code, and paths start with `crate::`, `super::` or a crate's name.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use regex::Regex;

/// Imports within one layer that the design allows, as (from, to).
const SIDEWAYS: [(&str, &str); 7] = [
    ("schema", "position"),
    ("load", "checkpoint"),
    ("load", "cluster"),
    ("checkpoint", "cluster"),
    ("verify", "snapshot"),
    ("capture", "source"),
    ("cli", "config"),
];

/// Words that say nothing about what a file or a type is.
const EMPTY_WORDS: [&str; 12] =
    ["utils", "util", "helper", "helpers", "common", "manager", "misc", "base", "core", "types", "handler", "processor"];

/// Words that say nothing about what a type is, alone or as one of its words.
const EMPTY_TYPE_WORDS: [&str; 11] =
    ["Utils", "Util", "Helper", "Common", "Manager", "Misc", "Base", "Core", "Types", "Handler", "Processor"];

const LINE_LIMIT: usize = 500;

/// A line of the table in `src/lib.rs`.
struct Room {
    layer: u8,
    name: String,
    /// The crate that only this room may name, and the path of the one other place that may.
    alone: Option<(String, Option<String>)>,
}

/// A source file of the package, with its code free of comments.
struct Source {
    path: String,
    code: Vec<String>,
}

impl Source {
    /// The room a file of `src/` lies in.
    fn room(&self) -> Option<&str> {
        let (room, _) = self.path.strip_prefix("src/")?.split_once('/')?;
        Some(room)
    }

    /// How many `super::` stay inside the room at the left margin; `mod.rs` of a room has none.
    fn depth(&self) -> usize {
        let inside = self.path.trim_start_matches("src/").trim_end_matches("/mod.rs").trim_end_matches(".rs");
        inside.matches('/').count()
    }
}

#[test]
fn the_table_of_rooms_and_the_folders_agree() {
    let rooms: BTreeSet<String> = rooms().into_iter().map(|room| room.name).filter(|name| name != "dsl").collect();
    let folders: BTreeSet<String> = sources("src").iter().filter_map(|source| source.room().map(str::to_owned)).collect();
    assert_eq!(rooms, folders);
}

#[test]
fn imports_go_down() {
    let rooms = rooms();
    let layer = |name: &str| rooms.iter().find(|room| room.name == name).map(|room| room.layer);
    let mut wrong = Vec::new();
    for source in sources("src") {
        let Some(room) = source.room() else { continue };
        let own = layer(room).expect("the table has every folder (another test holds it)");
        for (line, name) in imports(&source) {
            let Some(other) = layer(&name) else {
                wrong.push(format!("{}:{line}: `{name}` is no room", source.path));
                continue;
            };
            if name != room && other >= own && !SIDEWAYS.contains(&(room, name.as_str())) {
                wrong.push(format!("{}:{line}: `{room}` (layer {own}) imports `{name}` (layer {other})", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn paths_do_not_leave_their_room_upwards() {
    let chain = Regex::new(r"^(?:pub(?:\([a-z]+\))? )?use ((?:super::)+)").expect("the pattern is sound");
    let leaves = |source: &Source| {
        let too_far = |line: &&String| chain.captures(line).is_some_and(|found| found[1].matches("super").count() > source.depth());
        source.code.iter().find(too_far).map(|line| format!("{}: write `crate::` in `{line}`", source.path))
    };
    let wrong: Vec<String> = sources("src").iter().filter(|source| source.room().is_some()).filter_map(leaves).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_crate_with_an_owner_is_named_by_its_owner_only() {
    let rooms = rooms();
    let named = Regex::new(r"(?:^|[^\w:$])(\w+)::|\buse (\w+)").expect("the pattern is sound");
    let mut wrong = Vec::new();
    for source in sources("src").into_iter().chain(sources("dsl/src")) {
        let place = source.path.trim_start_matches("src/").trim_end_matches("/mod.rs").trim_end_matches(".rs").to_owned();
        for (line, text) in source.code.iter().enumerate() {
            for found in named.captures_iter(text) {
                let name = found.get(1).or(found.get(2)).map_or("", |name| name.as_str());
                for (room, (owned, second)) in rooms.iter().filter_map(|room| room.alone.as_ref().map(|alone| (room, alone))) {
                    let second = second.as_deref().map(|path| path.replace("::", "/"));
                    let within = |path: &str| place == path || place.starts_with(&format!("{path}/"));
                    if name == owned && !within(&room.name) && !second.as_deref().is_some_and(within) {
                        wrong.push(format!("{}:{}: `{name}` belongs to `{}`", source.path, line + 1, room.name));
                    }
                }
                if name == "arrow" && source.room().is_some_and(|room| rooms.iter().any(|row| row.name == room && row.layer == 0)) {
                    wrong.push(format!("{}:{}: Arrow is named from layer 1 up", source.path, line + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_command_line_prints() {
    let prints = Regex::new(r"\be?print(ln)?!|\bstd(out|err)\(\)").expect("the pattern is sound");
    let mut wrong = Vec::new();
    for source in sources("src").into_iter().chain(sources("dsl/src")) {
        if source.room() != Some("cli") {
            let lines = source.code.iter().enumerate().filter(|(_, line)| prints.is_match(line));
            wrong.extend(lines.map(|(line, _)| format!("{}:{}: INV-2, only `cli` prints", source.path, line + 1)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_language_knows_neither_arrow_nor_servers() {
    let manifest = read("dsl/Cargo.toml");
    for foreign in ["arrow", "datafusion", "tokio", "mysql", "rowgate"] {
        assert!(!manifest.lines().any(|line| line.starts_with(foreign)), "dsl depends on `{foreign}`");
    }
}

#[test]
fn files_are_short_and_open_with_what_they_own() {
    let mut wrong = Vec::new();
    for path in files(&["src", "dsl/src", "tests", "benches"], &["rs", "sh", "py"]) {
        let text = read(&path);
        if text.lines().count() > LINE_LIMIT {
            wrong.push(format!("{path}: {} lines, at most {LINE_LIMIT}", text.lines().count()));
        }
        if path.ends_with(".rs") && !text.starts_with("//! ") {
            wrong.push(format!("{path}: does not open with `//!`"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_say_what_a_thing_is() {
    let declared = Regex::new(r"\b(?:struct|enum|trait|type|union) (\w+)").expect("the pattern is sound");
    let camel = Regex::new(r"[A-Z][a-z0-9]*").expect("the pattern is sound");
    let mut wrong = Vec::new();
    for path in files(&["src", "dsl/src", "tests", "benches", "queries"], &["rs", "sh", "py", "sql"]) {
        for part in Path::new(&path).with_extension("").iter().filter_map(|part| part.to_str()) {
            if EMPTY_WORDS.contains(&part) || part == "data" || part == "info" {
                wrong.push(format!("{path}: a file or folder named `{part}`"));
            }
        }
    }
    for source in ["src", "dsl/src", "tests/it"].into_iter().flat_map(sources) {
        for name in source.code.iter().flat_map(|line| declared.captures_iter(line)).map(|found| found[1].to_owned()) {
            let says_nothing = |word: &str| EMPTY_TYPE_WORDS.contains(&word) || word == "Data" || word == "Info";
            if camel.find_iter(&name).any(|word| says_nothing(word.as_str())) {
                wrong.push(format!("{}: a type named `{name}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_integration_test_file_is_part_of_the_binary() {
    let main = read("tests/it/main.rs");
    for path in files(&["tests/it"], &["rs"]) {
        let inside = path.trim_start_matches("tests/it/");
        let module = inside.split(['/', '.']).next().expect("a split has a first part");
        assert!(module == "main" || main.contains(&format!("mod {module};")), "{path} is not declared in tests/it/main.rs");
    }
}

#[test]
fn runs_and_tests_share_one_build_of_every_dependency() {
    let features = |arguments: &[&str]| {
        let mut tree = Command::new(env!("CARGO"));
        tree.args(["tree", "--offline", "--prefix", "none", "--format", "{p} {f}"]).args(arguments).current_dir(root());
        let output = tree.output().expect("cargo runs this test");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
        text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect::<BTreeSet<_>>()
    };
    let run = features(&["-e", "normal,build"]);
    let test = features(&["--workspace", "-e", "normal,build,dev"]);
    let other: Vec<_> = run.difference(&test).collect();
    assert!(other.is_empty(), "`cargo test` builds these with other features, and all that stands on them twice: {other:#?}");
}

/// The table in the head of `src/lib.rs`.
fn rooms() -> Vec<Room> {
    let row = Regex::new(r"^//! \| (\d) \| \[?`(\w+)`\]?[^|]*\|[^|]*\|\s*([^|]*?)\s*\|$").expect("the pattern is sound");
    let owned = Regex::new(r"^(\w+)(?: \(with `([\w:]+)`\))?").expect("the pattern is sound");
    let text = read("src/lib.rs");
    let rooms: Vec<Room> = text
        .lines()
        .filter_map(|line| row.captures(line))
        .map(|found| Room {
            layer: found[1].parse().expect("it matched a digit"),
            name: found[2].to_owned(),
            alone: owned.captures(&found[3]).map(|alone| (alone[1].to_owned(), alone.get(2).map(|path| path.as_str().to_owned()))),
        })
        .collect();
    assert!(rooms.len() >= 10, "the table of rooms in src/lib.rs is not readable");
    rooms
}

/// The rooms that a file imports, with line numbers; `dsl` is one of them.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let text = source.code.join("\n");
    let path = Regex::new(r"(?:^|[^\w$:])(crate::(?:(\w+)|\{)|dsl::)").expect("the pattern is sound");
    let mut found = Vec::new();
    for import in path.captures_iter(&text) {
        let start = import.get(1).expect("the group always takes part");
        let line = text[..start.start()].matches('\n').count() + 1;
        match import.get(2) {
            Some(name) => found.push((line, name.as_str().to_owned())),
            None if start.as_str() == "dsl::" => found.push((line, "dsl".to_owned())),
            None => found.extend(group_heads(&text[start.end()..]).into_iter().map(|name| (line, name))),
        }
    }
    found
}

/// The first names of the paths in `a::{b, c}, d::e}…`, up to the brace that closes the group.
fn group_heads(text: &str) -> Vec<String> {
    let (mut heads, mut depth, mut head) = (Vec::new(), 0_usize, String::new());
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(std::mem::take(&mut head)),
            _ if depth == 0 => head.push(character),
            _ => {}
        }
    }
    heads.push(head);
    let first = |path: &String| path.trim().split("::").next().unwrap_or_default().to_owned();
    heads.iter().map(first).filter(|name| !name.is_empty()).collect()
}

#[test]
fn nested_groups_of_imports_are_understood() {
    let code = vec![
        "use crate::{change::{Op, Change}, schema::TableName,".to_owned(),
        "    position};".to_owned(),
        "let x = dsl::parse();".to_owned(),
    ];
    let source = Source { path: "src/binlog/file.rs".to_owned(), code };
    let names: Vec<String> = imports(&source).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["change", "schema", "position", "dsl"]);
    assert_eq!((source.room(), source.depth()), (Some("binlog"), 1));
}

fn sources(folder: &str) -> Vec<Source> {
    let strip = |line: &str| {
        let code = line.find("//").map_or(line, |comment| &line[..comment]);
        code.to_owned()
    };
    let source = |path: String| Source { code: read(&path).lines().map(strip).collect(), path };
    files(&[folder], &["rs"]).into_iter().map(source).collect()
}

/// The files under these folders of the package, by extension, as paths from its root; a folder may be missing.
fn files(folders: &[&str], extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a folder of the package is readable").path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
                open.push(path);
            } else if path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| extensions.contains(&extension)) {
                let inside = path.strip_prefix(root()).expect("it was found under the root");
                found.push(inside.to_str().expect("names in the package are UTF-8").to_owned());
            }
        }
    }
    found.sort();
    found
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a file of the package is readable text")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
