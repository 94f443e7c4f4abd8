//! From destinations to servers that can be opened: names, addresses, passwords.

use std::{path::Path, sync::Arc};

use super::{Config, ConfigError, Destination, PasswordFile, server_section::ServerSection, source_section::SourceSection};
use crate::{
    mysql::{Endpoint, Password},
    source::SourceSettings,
};

/// The variable with the password of all servers; `_` and a name in upper case make it that of one.
const VARIABLE: &str = "ROWGATE_PASSWORD";

/// What to do where a name has no file to stand in.
const NO_FILE: &str = "There is no `rowgate.toml` in this folder; `--config FILE` names one elsewhere.";

impl Config {
    /// The servers that the destinations mean, in their order, each with a name of its own.
    ///
    /// The password is the first of: a file for this name, a file for all, `ROWGATE_PASSWORD_<NAME>`, `ROWGATE_PASSWORD`, and what
    /// `rowgate.toml` has for a target of it. A server given by its address takes nothing from `rowgate.toml`.
    pub fn endpoints(&self, destinations: &[Destination], files: &[PasswordFile]) -> Result<Vec<(Arc<str>, Endpoint)>, ConfigError> {
        let mut endpoints: Vec<(Arc<str>, Endpoint)> = Vec::with_capacity(destinations.len());
        for destination in destinations {
            let (name, endpoint) = match destination {
                Destination::Scripts(folder) => return Err(ConfigError::NoServer(folder.clone())),
                Destination::Server { name, endpoint } => {
                    let password = self.outside_password(name, files)?;
                    (name, Endpoint { password, ..endpoint.clone() })
                }
                Destination::Target(name) => (name, self.target(name, files)?),
            };
            if endpoints.iter().any(|(other, _)| other == name) {
                return Err(ConfigError::SameName(name.to_string()));
            }
            endpoints.push((Arc::clone(name), endpoint));
        }
        refuse_useless(files, &endpoints)?;
        Ok(endpoints)
    }

    /// The source that a text means: the name of one, or an address.
    pub fn source(&self, text: &str, files: &[PasswordFile]) -> Result<SourceSettings, ConfigError> {
        let (name, endpoint, section) = match Destination::parse(text) {
            Ok(Destination::Server { name, endpoint }) => {
                let password = self.outside_password(&name, files)?;
                (name, Endpoint { password, ..endpoint }, None)
            }
            Ok(Destination::Target(name)) => {
                let (file, section) = self.source_section(&name)?;
                let endpoint = self.endpoint_of(file, &section.server, &name, files)?;
                (name, endpoint, Some(section))
            }
            Ok(Destination::Scripts(_)) => return Err(ConfigError::NoSource("sql:".to_owned())),
            Err(ConfigError::NoDestination(start)) => return Err(ConfigError::NoSource(start)),
            Err(error) => return Err(error),
        };
        refuse_useless(files, &[(Arc::clone(&name), endpoint.clone())])?;
        let server_id = section.and_then(|section| section.server_id);
        let heartbeat = section.and_then(|section| section.heartbeat).unwrap_or(SourceSettings::HEARTBEAT);
        Ok(SourceSettings { name, endpoint, server_id, heartbeat })
    }

    fn source_section(&self, name: &str) -> Result<(&Path, &SourceSection), ConfigError> {
        let unknown = |hint| ConfigError::UnknownSource { name: name.to_owned(), hint };
        let Some(file) = &self.file else { return Err(unknown(NO_FILE.to_owned())) };
        if let Some(section) = self.sources.get(name) {
            return Ok((file, section));
        }
        let names: Vec<&str> = self.sources.keys().map(String::as_str).collect();
        Err(unknown(match dsl::nearest(name, names.iter().copied()) {
            _ if self.targets.contains_key(name) => format!("It is a target of `{}`.", file.display()),
            Some(near) => format!("Did you mean `{near}`?"),
            None if names.is_empty() => format!("`{}` has no source.", file.display()),
            None => format!("Sources of `{}`: `{}`.", file.display(), names.join("`, `")),
        }))
    }

    fn target(&self, name: &str, files: &[PasswordFile]) -> Result<Endpoint, ConfigError> {
        let (file, section) = self.section(name)?;
        self.endpoint_of(file, section, name, files)
    }

    /// A server of `rowgate.toml` with its password.
    pub(super) fn endpoint_of(
        &self,
        file: &Path,
        section: &ServerSection,
        name: &str,
        files: &[PasswordFile],
    ) -> Result<Endpoint, ConfigError> {
        let endpoint = section.endpoint(file, self.environment)?;
        match self.outside_password(name, files)? {
            Some(password) => Ok(Endpoint { password: Some(password), ..endpoint }),
            None if endpoint.has_password() => Ok(endpoint),
            None => Ok(Endpoint { password: section.password(file, self.environment)?, ..endpoint }),
        }
    }

    fn section(&self, name: &str) -> Result<(&Path, &ServerSection), ConfigError> {
        let unknown = |hint| ConfigError::UnknownTarget { name: name.to_owned(), hint };
        let Some(file) = &self.file else { return Err(unknown(NO_FILE.to_owned())) };
        if let Some(section) = self.targets.get(name) {
            return Ok((file, section));
        }
        let names: Vec<&str> = self.targets.keys().map(String::as_str).collect();
        Err(unknown(match dsl::nearest(name, names.iter().copied()) {
            _ if self.sources.contains_key(name) => format!("It is a source of `{}`.", file.display()),
            Some(near) => format!("Did you mean `{near}`?"),
            None if names.is_empty() => format!("`{}` has no target.", file.display()),
            None => format!("Targets of `{}`: `{}`.", file.display(), names.join("`, `")),
        }))
    }

    /// The password that files or the environment have for a server.
    fn outside_password(&self, name: &str, files: &[PasswordFile]) -> Result<Option<Password>, ConfigError> {
        let file = |target: Option<&str>| files.iter().find(|file| file.target.as_deref() == target);
        if let Some(file) = file(Some(name)).or_else(|| file(None)) {
            return PasswordFile::read(&file.path).map(Some);
        }
        let own = self.environment.get(&variable_of(name));
        Ok(own.or_else(|| self.environment.get(VARIABLE)).map(Password::new))
    }
}

/// `shard-0` → `ROWGATE_PASSWORD_SHARD_0`.
fn variable_of(name: &str) -> String {
    let word = |character: char| if character.is_alphanumeric() { character } else { '_' };
    format!("{VARIABLE}_{}", name.to_uppercase().chars().map(word).collect::<String>())
}

fn refuse_useless(files: &[PasswordFile], endpoints: &[(Arc<str>, Endpoint)]) -> Result<(), ConfigError> {
    for (index, PasswordFile { target, path }) in files.iter().enumerate() {
        if files[..index].iter().any(|earlier| earlier.target == *target) {
            return Err(ConfigError::SamePasswordFile { target: target.clone() });
        }
        if let Some(target) = target.as_ref().filter(|target| !endpoints.iter().any(|(name, _)| **name == ***target)) {
            return Err(ConfigError::UselessPasswordFile { path: path.clone(), target: target.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{config::environment::Environment, mysql::Tls};

    const ENVIRONMENT: Environment = Environment(|name| match name {
        "ROWGATE_PASSWORD_SHARD_0" => Some("of shard-0".to_owned()),
        "ROWGATE_PASSWORD" => Some("of all".to_owned()),
        "TARGET_PASSWORD" => Some("p@ss/#:word".to_owned()),
        _ => None,
    });

    const NO_PASSWORDS: Environment = Environment(|name| (name == "TARGET_PASSWORD").then(|| "p@ss/#:word".to_owned()));

    fn config(text: &str, environment: Environment) -> Config {
        Config::parse(Path::new("conf/rowgate.toml"), text, environment).expect("the test gives a sound file")
    }

    fn resolve(config: &Config, to: &[&str], files: &[&str]) -> Result<Vec<(Arc<str>, Endpoint)>, ConfigError> {
        let destinations = to.iter().map(|text| Destination::parse(text)).collect::<Result<Vec<_>, _>>()?;
        let files: Vec<PasswordFile> = files.iter().map(|text| text.parse().expect("no text is refused")).collect();
        config.endpoints(&destinations, &files)
    }

    fn passwords(config: &Config, to: &[&str], files: &[&str]) -> Vec<Option<Password>> {
        resolve(config, to, files).expect("the test gives sound destinations").into_iter().map(|(_, endpoint)| endpoint.password).collect()
    }

    fn refused(config: &Config, to: &[&str], files: &[&str]) -> (String, String) {
        let error = resolve(config, to, files).expect_err("the test gives what cannot be resolved");
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        (format!("{error}{}", cause.unwrap_or_default()), error.hint().unwrap_or_default())
    }

    #[test]
    fn files_come_before_the_environment_and_that_before_the_configuration() {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let (one, all) = (folder.path().join("one"), folder.path().join("all"));
        fs::write(&one, "of a file\n").expect("the temporary folder is writable");
        fs::write(&all, "of a file for all\n").expect("the temporary folder is writable");
        let (one, all) = (format!("shard-0={}", one.display()), all.display().to_string());
        let text = "[target.shard-0]\nurl = 'mysql://a@b'\npassword = 'configured'\n[target.b]\nurl = 'mysql://a:in_url@c'";
        let some = |text: &str| Some(Password::new(text));
        let to = ["shard-0", "b", "mysql://a@d"];
        let full = config(text, ENVIRONMENT);
        assert_eq!(passwords(&full, &to, &[&one, &all]), [some("of a file"), some("of a file for all"), some("of a file for all")]);
        assert_eq!(passwords(&full, &to, &[&one]), [some("of a file"), some("of all"), some("of all")]);
        assert_eq!(passwords(&full, &to, &[]), [some("of shard-0"), some("of all"), some("of all")]);
        assert_eq!(passwords(&config(text, NO_PASSWORDS), &to, &[]), [some("configured"), some("in_url"), None]);
    }

    #[test]
    fn a_password_from_a_variable_may_hold_any_character_of_a_url() {
        let text = "[target.a]\nurl = 'mysql://u:${TARGET_PASSWORD}@b'\n[target.c]\nurl = 'mysql://u@b'\npassword = '${TARGET_PASSWORD}'";
        let some = || Some(Password::new("p@ss/#:word"));
        assert_eq!(passwords(&config(text, NO_PASSWORDS), &["a", "c"], &[]), [some(), some()]);
    }

    #[test]
    fn relative_paths_are_those_beside_the_file() {
        let text =
            "[target.a]\nurl = 'mysql://u@b'\ntls_ca = 'ca.pem'\n[target.b]\nurl = 'mysql://u@localhost?socket=run/m.sock'\ntls = 'off'
                    [target.c]\nurl = 'mysql://u@b'\npassword_file = 'secret'";
        let config = config(text, NO_PASSWORDS);
        let endpoints = resolve(&config, &["a", "b"], &[]).expect("the file is sound");
        assert_eq!(*endpoints[0].1.address.tls(), Tls::Verify { authorities: Some("conf/ca.pem".into()) });
        assert_eq!(endpoints[1].1.address.to_string(), "mysql://u@localhost?socket=conf/run/m.sock");
        assert!(refused(&config, &["c"], &[]).0.starts_with("cannot read `conf/secret`"));
    }

    #[test]
    fn a_variable_that_is_missing_matters_only_where_its_server_is_wanted() {
        let config = config("[target.a]\nurl = 'mysql://u@b'\n[target.c]\nurl = 'mysql://u@b'\npassword = '${NONE}'", NO_PASSWORDS);
        assert_eq!(passwords(&config, &["a"], &[]), [None]);
        assert_eq!(refused(&config, &["c"], &[]).0, "conf/rowgate.toml:5: the environment has no variable `NONE`");
    }

    #[test]
    fn addresses_of_the_file_are_told_with_their_line() {
        let config = config("[target.a]\nurl = 'mysql://u@b/shop'\n[target.c]\nurl = 'mysql://u:x@b'\npassword = 'hidden'", NO_PASSWORDS);
        assert_eq!(refused(&config, &["a"], &[]).0, "conf/rowgate.toml:2: the value of `url` is not understood");
        assert_eq!(refused(&config, &["c"], &[]).0, "conf/rowgate.toml:5: the server has two passwords");
        assert!(!format!("{config:?}").contains("hidden"));
    }

    #[test]
    fn unknown_targets_come_with_what_may_have_been_meant() {
        let known = config("[target.shard0]\nurl = 'mysql://u@b'\n[source.main]\nurl = 'mysql://u@b'", NO_PASSWORDS);
        let hint = |name| refused(&known, &[name], &[]).1;
        assert_eq!(refused(&known, &["shrad0"], &[]).0, "`shrad0` is no target");
        assert_eq!(hint("shrad0"), "Did you mean `shard0`?");
        assert_eq!(hint("main"), "It is a source of `conf/rowgate.toml`.");
        assert_eq!(hint("elsewhere"), "Targets of `conf/rowgate.toml`: `shard0`.");
        assert!(refused(&Config::empty(NO_PASSWORDS), &["shard0"], &[]).1.contains("--config"));
    }

    #[test]
    fn names_of_destinations_and_password_files_meet_once() {
        let none = Config::empty(NO_PASSWORDS);
        let (error, hint) = refused(&none, &["mysql://a@b", "mysql://a@c"], &[]);
        assert_eq!(error, "two destinations are called `default`");
        assert!(hint.contains("NAME=mysql://"), "{hint}");
        assert_eq!(refused(&none, &["sql:out", "mysql://a@b"], &[]).0, "`sql:out` is no server");
        let error = refused(&none, &["mysql://a@b"], &["other=f"]).0;
        assert_eq!(error, "the password file `f` is for `other`, which is no destination here");
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let file = folder.path().join("f");
        fs::write(&file, "x").expect("the temporary folder is writable");
        let file = file.display().to_string();
        assert_eq!(refused(&none, &["mysql://a@b"], &[&file, &file]).0, "there are two password files for all destinations");
    }
}
