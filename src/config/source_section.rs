//! `[source.NAME]`: a server, and how its binlog is asked for.

use std::time::Duration;

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{ConfigError, Problem, server_section::ServerSection, toml_text::TomlText};

const KEYS: [&str; 2] = ["server_id", "heartbeat"];

/// A source's section.
#[derive(Debug)]
pub(super) struct SourceSection {
    pub(super) server: ServerSection,
    pub(super) server_id: Option<u32>,
    pub(super) heartbeat: Option<Duration>,
}

impl SourceSection {
    pub(super) fn read(text: &TomlText<'_>, name: &Spanned<DeString<'_>>, settings: &DeTable<'_>) -> Result<Self, ConfigError> {
        let server = ServerSection::read(text, name, settings, &KEYS)?;
        let (mut server_id, mut heartbeat) = (None, None);
        for (key, value) in settings {
            match key.get_ref().as_ref() {
                "server_id" => {
                    server_id = Some(number(value.get_ref()).ok_or_else(|| text.error(value, Problem::ServerId))?);
                }
                "heartbeat" => {
                    let setting = text.setting(key, value)?;
                    let time = time(&setting.text).ok_or_else(|| text.error_in(setting.line, Problem::Heartbeat(setting.text.clone())))?;
                    heartbeat = Some(time);
                }
                _ => {}
            }
        }
        Ok(Self { server, server_id, heartbeat })
    }
}

fn number(value: &DeValue<'_>) -> Option<u32> {
    let integer = value.as_integer()?;
    u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|&number| number > 0)
}

/// `500ms`, `10s`.
fn time(text: &str) -> Option<Duration> {
    let (digits, unit_ms) = match text.strip_suffix("ms") {
        Some(digits) => (digits, 1),
        None => (text.strip_suffix('s')?, 1000),
    };
    let ms = digits.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    (100..=3_600_000).contains(&ms).then(|| Duration::from_millis(ms))
}
