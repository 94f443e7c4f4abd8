//! `[target.NAME]` and `[source.NAME]`: where a server is and what opens it.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeString, DeTable},
};

use super::{
    ConfigError, PasswordFile, Problem,
    environment::Environment,
    toml_text::{Setting, TomlText},
};
use crate::mysql::{Endpoint, Password, Tls};

const KEYS: [&str; 5] = ["url", "password", "password_file", "tls", "tls_ca"];

/// A server's section. Its variables are looked up when the server is wanted: another server's may be set elsewhere only.
#[derive(Debug)]
pub(super) struct ServerSection {
    url: Setting,
    secret: Option<Secret>,
    tls: Option<Tls>,
    authorities: Option<Setting>,
}

/// Where the password is, if it is not in the URL.
#[derive(Debug)]
enum Secret {
    Here(Setting),
    File(Setting),
}

impl Secret {
    fn line(&self) -> usize {
        match self {
            Self::Here(setting) | Self::File(setting) => setting.line,
        }
    }
}

impl ServerSection {
    /// Reads the keys of every server; `others` are left to the caller.
    pub(super) fn read(
        text: &TomlText<'_>,
        name: &Spanned<DeString<'_>>,
        settings: &DeTable<'_>,
        others: &[&str],
    ) -> Result<Self, ConfigError> {
        let (mut url, mut password, mut password_file, mut tls, mut authorities) = (None, None, None, None, None);
        for (key, value) in settings {
            let slot = match key.get_ref().as_ref() {
                "url" => &mut url,
                "password" => &mut password,
                "password_file" => &mut password_file,
                "tls" => &mut tls,
                "tls_ca" => &mut authorities,
                other if others.contains(&other) => continue,
                other => return Err(text.error(key, Problem::unknown_key(other, &[&KEYS, others].concat()))),
            };
            *slot = Some(text.setting(key, value)?);
        }
        let Some(url) = url else { return Err(text.error(name, Problem::NoUrl)) };
        let secret = match (password, password_file) {
            (Some(one), Some(other)) => return Err(text.error_in(one.line.max(other.line), Problem::TwoPasswords)),
            (password, file) => password.map(Secret::Here).or(file.map(Secret::File)),
        };
        let tls = match tls {
            None => None,
            Some(word) => match tls_word(&word.text) {
                Some(tls) => Some(tls),
                None => return Err(text.error_in(word.line, Problem::Tls(word.text))),
            },
        };
        match (&authorities, &tls) {
            (Some(file), Some(Tls::Off | Tls::Prefer | Tls::Require)) => Err(text.error_in(file.line, Problem::UselessAuthorities)),
            (_, None | Some(Tls::Off | Tls::Prefer | Tls::Require | Tls::Verify { .. })) => Ok(Self { url, secret, tls, authorities }),
        }
    }

    /// The server as its section has it, with the password only where that stands in the URL.
    pub(super) fn endpoint(&self, file: &Path, environment: Environment) -> Result<Endpoint, ConfigError> {
        let at = |line, problem| ConfigError::File { file: file.to_owned(), line, problem };
        let url = environment.expand_url(&self.url.text).map_err(|problem| at(self.url.line, problem))?;
        let endpoint = Endpoint::parse(&url).map_err(|error| at(self.url.line, Problem::Address(error)))?;
        if let Some(secret) = self.secret.as_ref().filter(|_| endpoint.has_password()) {
            return Err(at(secret.line(), Problem::TwoPasswords));
        }
        let tls = match &self.authorities {
            Some(authorities) => {
                let path = environment.expand(&authorities.text).map_err(|problem| at(authorities.line, problem))?;
                Some(Tls::Verify { authorities: Some(path.into()) })
            }
            None => self.tls.clone(),
        };
        let endpoint = match tls {
            Some(tls) => endpoint.with_tls(tls),
            None => endpoint,
        };
        Ok(endpoint.relative_to(folder(file)))
    }

    /// The password that does not stand in the URL.
    pub(super) fn password(&self, file: &Path, environment: Environment) -> Result<Option<Password>, ConfigError> {
        let expand = |setting: &Setting| {
            let at = |problem| ConfigError::File { file: file.to_owned(), line: setting.line, problem };
            environment.expand(&setting.text).map_err(at)
        };
        match &self.secret {
            None => Ok(None),
            Some(Secret::Here(setting)) => Ok(Some(Password::new(expand(setting)?))),
            Some(Secret::File(setting)) => PasswordFile::read(&folder(file).join(expand(setting)?)).map(Some),
        }
    }
}

fn tls_word(word: &str) -> Option<Tls> {
    match word {
        "off" => Some(Tls::Off),
        "prefer" => Some(Tls::Prefer),
        "require" => Some(Tls::Require),
        "verify" => Some(Tls::Verify { authorities: None }),
        _ => None,
    }
}

fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}
