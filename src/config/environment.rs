//! Variables of the environment, and `${NAME}` in a text.

use std::env;

use super::Problem;

/// Where variables come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Environment(pub(super) fn(&str) -> Option<String>);

/// What a variable's value becomes in the text around it.
type Spelling = fn(String) -> String;

impl Environment {
    /// The variables that the process was started with.
    pub(super) fn process() -> Self {
        Self(|name| env::var(name).ok())
    }

    /// A variable that has any text.
    pub(super) fn get(self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// The text with each `${NAME}` replaced by the variable's value, in which nothing is looked for again.
    pub(super) fn expand(self, text: &str) -> Result<String, Problem> {
        self.expand_as(text, |value| value)
    }

    /// The same for a URL: a value before its `@` is a user or password in full, whatever characters it has.
    pub(super) fn expand_url(self, url: &str) -> Result<String, Problem> {
        let start = url.find("://").map_or(0, |scheme| scheme + 3);
        let authority = url[start..].find(['/', '?']).map_or(url.len(), |end| start + end);
        let (user, rest) = url.split_at(url[..authority].rfind('@').unwrap_or(0));
        Ok(self.expand_as(user, |value| percent_encoded(&value))? + &self.expand(rest)?)
    }

    fn expand_as(self, text: &str, spelling: Spelling) -> Result<String, Problem> {
        let (mut expanded, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(at) = rest.find("${") {
            let (before, after) = (&rest[..at], &rest[at + 2..]);
            if let Some(before) = before.strip_suffix('$') {
                expanded.push_str(before);
                expanded.push_str("${");
                rest = after;
                continue;
            }
            let (name, after) = after.split_once('}').ok_or(Problem::OpenVariable)?;
            expanded.push_str(before);
            expanded.push_str(&spelling(self.get(name).ok_or_else(|| Problem::Variable(name.to_owned()))?));
            rest = after;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}

fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVIRONMENT: Environment = Environment(|name| match name {
        "PASSWORD" => Some("p@ss/#:${HOST}".to_owned()),
        "HOST" => Some("db1".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    });

    #[test]
    fn variables_are_replaced_once_and_a_doubled_dollar_keeps_them() {
        let expand = |text| ENVIRONMENT.expand(text);
        assert_eq!(expand("a ${HOST}.${HOST} b").as_deref(), Ok("a db1.db1 b"));
        assert_eq!(expand("${PASSWORD}").as_deref(), Ok("p@ss/#:${HOST}"));
        assert_eq!(expand("pa$$word $${HOST} $").as_deref(), Ok("pa$$word ${HOST} $"));
        assert_eq!(expand("${NONE}"), Err(Problem::Variable("NONE".to_owned())));
        assert_eq!(expand("${EMPTY}"), Err(Problem::Variable("EMPTY".to_owned())));
        assert_eq!(expand("a ${HOST"), Err(Problem::OpenVariable));
    }

    #[test]
    fn only_what_stands_before_the_at_sign_is_encoded() {
        let expand = |text| ENVIRONMENT.expand_url(text);
        let encoded = "p%40ss%2F%23%3A%24%7BHOST%7D";
        assert_eq!(expand("mysql://a:${PASSWORD}@${HOST}:1/?socket=${HOST}@x"), Ok(format!("mysql://a:{encoded}@db1:1/?socket=db1@x")));
        assert_eq!(expand("mysql://${PASSWORD}@h").as_deref(), Ok(format!("mysql://{encoded}@h").as_str()));
        assert_eq!(expand("mysql://a@h").as_deref(), Ok("mysql://a@h"));
        assert_eq!(expand("${HOST}").as_deref(), Ok("db1"));
    }
}
