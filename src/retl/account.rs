//! A user of a server, as its administrator names it: `'name'@'host'`.

use std::{fmt, str::FromStr};

/// A user and the hosts it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    name: String,
    host: String,
}

/// Why a text names no user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Nothing before the `@`, or after it.
    #[error("a user reads `NAME@HOST`")]
    Empty,
    /// Something that would have to be escaped, which depends on the server's SQL mode.
    #[error("a name with quotes, backslashes or control characters has to be written into the SQL by hand")]
    Character,
}

impl FromStr for Account {
    type Err = AccountError;

    /// Reads `NAME@HOST`, with or without the quotes of SQL; without a host any.
    fn from_str(text: &str) -> Result<Self, AccountError> {
        let bare = |part: &str| part.strip_prefix('\'').and_then(|part| part.strip_suffix('\'')).unwrap_or(part).to_owned();
        let (name, host) = text.rsplit_once('@').unwrap_or((text, "%"));
        let account = Self { name: bare(name), host: bare(host) };
        if account.name.is_empty() || account.host.is_empty() {
            return Err(AccountError::Empty);
        }
        let escaped = |character: char| matches!(character, '\'' | '"' | '`' | '\\') || character.is_control();
        if account.name.contains(escaped) || account.host.contains(escaped) { Err(AccountError::Character) } else { Ok(account) }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'@'{}'", self.name, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_with_and_without_quotes() {
        let read = |text: &str| text.parse::<Account>().map(|account| account.to_string());
        assert_eq!(read("rowgate@10.0.%").as_deref(), Ok("'rowgate'@'10.0.%'"));
        assert_eq!(read("'rowgate'@'%'").as_deref(), Ok("'rowgate'@'%'"));
        assert_eq!(read("me@site@db1").as_deref(), Ok("'me@site'@'db1'"));
        assert_eq!(read("rowgate").as_deref(), Ok("'rowgate'@'%'"));
        assert_eq!(read("@db1"), Err(AccountError::Empty));
        assert_eq!(read("a'b@db1"), Err(AccountError::Character));
    }
}
