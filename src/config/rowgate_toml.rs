//! `rowgate.toml`, read and checked; what it leaves to the environment is asked for when it is wanted.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    ConfigError, Destination, Problem, environment::Environment, lookup_section::LookupSection, server_section::ServerSection,
    source_section::SourceSection, toml_text::TomlText,
};

/// The file's name, where no other is given.
const FILE: &str = "rowgate.toml";

/// What the file may hold at its left margin.
const SECTIONS: [&str; 3] = ["source", "target", "lookup"];

/// The servers and lookups of a `rowgate.toml`; none where there is no such file.
#[derive(Debug)]
pub struct Config {
    /// Where it was read; none where there is none.
    pub(super) file: Option<PathBuf>,
    pub(super) targets: BTreeMap<String, ServerSection>,
    pub(super) sources: BTreeMap<String, SourceSection>,
    pub(super) lookups: BTreeMap<String, LookupSection>,
    pub(super) environment: Environment,
}

impl Config {
    /// Reads the file that was named, or `rowgate.toml` of this folder when it exists.
    pub fn find(named: Option<&Path>) -> Result<Self, ConfigError> {
        let file = named.unwrap_or(Path::new(FILE));
        match fs::read_to_string(file) {
            Ok(text) => Self::parse(file, &text, Environment::process()),
            Err(cause) if named.is_none() && cause.kind() == io::ErrorKind::NotFound => Ok(Self::empty(Environment::process())),
            Err(cause) => Err(ConfigError::Read { path: file.to_owned(), cause }),
        }
    }

    /// All targets, by name.
    pub fn targets(&self) -> Vec<Destination> {
        self.targets.keys().map(|name| Destination::Target(name.as_str().into())).collect()
    }

    pub(super) fn empty(environment: Environment) -> Self {
        Self { file: None, targets: BTreeMap::new(), sources: BTreeMap::new(), lookups: BTreeMap::new(), environment }
    }

    pub(super) fn parse(file: &Path, text: &str, environment: Environment) -> Result<Self, ConfigError> {
        let text = TomlText { file, text };
        let document = text.parse()?;
        let mut config = Self { file: Some(file.to_owned()), ..Self::empty(environment) };
        for (key, value) in document.get_ref() {
            let kind = key.get_ref().as_ref();
            if !SECTIONS.contains(&kind) {
                return Err(text.error(key, Problem::unknown_key(kind, &SECTIONS)));
            }
            let no_section = || Problem::NoSection(format!("{kind}.NAME"));
            let Some(sections) = value.get_ref().as_table() else { return Err(text.error(key, no_section())) };
            for (name, value) in sections {
                if !is_name(name.get_ref()) {
                    return Err(text.error(name, Problem::Name(name.get_ref().to_string())));
                }
                let Some(settings) = value.get_ref().as_table() else { return Err(text.error(name, no_section())) };
                let section = name.get_ref().to_string();
                match kind {
                    "target" => _ = config.targets.insert(section, ServerSection::read(&text, name, settings, &[])?),
                    "source" => _ = config.sources.insert(section, SourceSection::read(&text, name, settings)?),
                    _ => _ = config.lookups.insert(section, LookupSection::read(&text, name, settings)?),
                }
            }
        }
        Ok(config)
    }
}

/// Whether a server may be called so. Such a name is no address, no path and no option.
pub(super) fn is_name(text: &str) -> bool {
    let word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
    text.starts_with(|first: char| first.is_alphanumeric() || first == '_') && text.chars().all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, String) {
        let error = Config::parse(Path::new("conf/rowgate.toml"), text, Environment::process()).expect_err("the test gives a wrong file");
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        (format!("{error}{}", cause.unwrap_or_default()), error.hint().unwrap_or_default())
    }

    #[test]
    fn targets_and_sources_are_known_by_name() {
        let text = "[source.main]\nurl = 'mysql://a@b'\n[target.shard0]\nurl = 'mysql://a@c'\n[target.shard-1]\nurl = 'mysql://a@d'";
        let config = Config::parse(Path::new("rowgate.toml"), text, Environment::process()).expect("the file is sound");
        assert_eq!(config.targets.keys().collect::<Vec<_>>(), ["shard-1", "shard0"]);
        assert_eq!(config.sources.keys().collect::<Vec<_>>(), ["main"]);
    }

    #[test]
    fn unknown_keys_are_told_with_line_and_the_nearest_known_one() {
        let (error, hint) = refused("[target.a]\nurl = 'mysql://a@b'\n\npasword = 'secret'");
        assert_eq!(error, "conf/rowgate.toml:4: unknown key `pasword`");
        assert_eq!(hint, "Did you mean `password`?");
        let (error, hint) = refused("[targets.a]\nurl = 'mysql://a@b'");
        assert_eq!((error.as_str(), hint.as_str()), ("conf/rowgate.toml:1: unknown key `targets`", "Did you mean `target`?"));
        let (error, hint) = refused("# first\n[target.a]\nurl = 'mysql://a@b'\nfavourite = 1");
        assert_eq!(error, "conf/rowgate.toml:4: unknown key `favourite`");
        assert_eq!(hint, "Known here: `url`, `password`, `password_file`, `tls`, `tls_ca`.");
    }

    #[test]
    fn what_is_no_toml_or_no_section_is_told_with_its_line() {
        let (error, _) = refused("[target.a]\nurl = 'mysql://a:secret@b\n");
        assert!(error.starts_with("conf/rowgate.toml:2: ") && !error.contains("secret"), "{error}");
        assert_eq!(refused("target = 'a'").0, "conf/rowgate.toml:1: a section `[target.NAME]` is expected");
        assert_eq!(refused("[target]\na = 'b'").0, "conf/rowgate.toml:2: a section `[target.NAME]` is expected");
        assert_eq!(refused("[target.\"a b\"]").0, "conf/rowgate.toml:1: `a b` is no name of a server");
    }

    #[test]
    fn a_server_needs_an_address_and_one_password_at_most() {
        assert_eq!(refused("\n[target.a]\npassword = 'secret'").0, "conf/rowgate.toml:2: the section has no `url`");
        assert_eq!(refused("[target.a]\nurl = 3").0, "conf/rowgate.toml:2: `url` takes a text");
        let two = "[target.a]\nurl = 'mysql://a@b'\npassword = 'x'\npassword_file = 'y'";
        assert_eq!(refused(two).0, "conf/rowgate.toml:4: the server has two passwords");
    }

    #[test]
    fn a_source_may_have_a_number_and_a_heartbeat() {
        let text = "[source.a]\nurl = 'mysql://a@b'\nserver_id = 0x1234\nheartbeat = '500ms'";
        let config = Config::parse(Path::new("rowgate.toml"), text, Environment::process()).expect("the file is sound");
        let source = config.source("a", &[]).expect("the section is sound");
        assert_eq!((source.server_id, source.heartbeat.as_millis()), (Some(0x1234), 500));
        let wrong = |line: &str| refused(&format!("[source.a]\nurl = 'mysql://a@b'\n{line}")).0;
        assert_eq!(wrong("server_id = 0"), "conf/rowgate.toml:3: `server_id` takes a number from 1 to 4294967295");
        assert_eq!(wrong("server_id = 'x'"), "conf/rowgate.toml:3: `server_id` takes a number from 1 to 4294967295");
        for heartbeat in ["10", "0s", "2h", "3601s", "s"] {
            assert_eq!(
                wrong(&format!("heartbeat = '{heartbeat}'")),
                format!("conf/rowgate.toml:3: `{heartbeat}` is no value of `heartbeat`")
            );
        }
        assert_eq!(refused("[target.a]\nurl = 'mysql://a@b'\nserver_id = 1").0, "conf/rowgate.toml:3: unknown key `server_id`");
        assert_eq!(refused("[source.a]\nurl = 'mysql://a@b'\nheartbeet = '1s'").1, "Did you mean `heartbeat`?");
    }

    #[test]
    fn tls_takes_four_words_and_a_file_only_with_verify() {
        let tls = |rest: &str| refused(&format!("[target.a]\nurl = 'mysql://a@b'\n{rest}"));
        let (error, hint) = tls("tls = 'verfy'");
        assert_eq!(error, "conf/rowgate.toml:3: `verfy` is no value of `tls`");
        assert_eq!(hint, "It takes `off`, `prefer`, `require` or `verify`.");
        assert_eq!(tls("tls = 'require'\ntls_ca = 'ca.pem'").0, "conf/rowgate.toml:4: `tls_ca` needs `tls = \"verify\"`");
    }

    #[test]
    fn no_file_is_no_server_and_a_named_file_must_exist() {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let missing = Config::find(Some(&folder.path().join("other.toml"))).expect_err("there is no such file");
        assert!(matches!(missing, ConfigError::Read { .. }), "{missing:?}");
    }
}
