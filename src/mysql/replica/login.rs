//! The first words with a server: what it is, who we are, and the proof of it.

use std::{
    io::{self, Read, Write},
    time::Duration,
};

use mysql_common::{
    crypto,
    scramble::{scramble_native, scramble_sha256},
};

use super::packets::Packets;
use crate::mysql::{Password, Refusal};

/// Why there is no session.
#[derive(Debug)]
pub(super) enum LoginFault {
    /// The network, or words that nobody knows.
    Io(io::Error),
    /// The server says no.
    Refused(Refusal),
}

impl From<io::Error> for LoginFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How long an answer may take.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(20);

const LONG_PASSWORD: u32 = 1;
const LONG_FLAG: u32 = 1 << 2;
const PROTOCOL_41: u32 = 1 << 9;
const TRANSACTIONS: u32 = 1 << 13;
const SECURE_CONNECTION: u32 = 1 << 15;
const PLUGIN_AUTH: u32 = 1 << 19;
const TLS: u32 = 1 << 11;

const CAPABILITIES: u32 = LONG_PASSWORD | LONG_FLAG | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | PLUGIN_AUTH;

/// utf8mb4_general_ci, which every server knows.
const COLLATION: u8 = 45;

const NATIVE: &str = "mysql_native_password";
const CACHING_SHA2: &str = "caching_sha2_password";

/// First bytes of answers.
const OK: u8 = 0;
const MORE: u8 = 1;
const SWITCH: u8 = 0xFE;
const ERROR: u8 = 0xFF;

/// What the server says first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Greeting {
    nonce: Vec<u8>,
    plugin: String,
    /// Whether it can encrypt.
    pub(super) offers_tls: bool,
}

/// Who logs in, over what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Login<'a> {
    pub(super) user: &'a str,
    pub(super) password: Option<&'a Password>,
    /// Whether the password may pass as it is: nobody between can read it.
    pub(super) is_private: bool,
    /// Whether the session was encrypted by [`Login::ask_for_tls`].
    pub(super) is_encrypted: bool,
}

impl Login<'_> {
    /// Asks to encrypt what passes from here on.
    pub(super) fn ask_for_tls<S: Read + Write>(packets: &mut Packets<S>) -> io::Result<()> {
        packets.write(&head(CAPABILITIES | TLS))
    }

    /// Logs in.
    pub(super) fn run<S: Read + Write>(self, packets: &mut Packets<S>, greeting: Greeting) -> Result<(), LoginFault> {
        let Greeting { nonce, plugin, .. } = greeting;
        // An account of another plugin is asked again, by its own.
        let plugin = if [NATIVE, CACHING_SHA2].contains(&plugin.as_str()) { plugin } else { NATIVE.to_owned() };
        packets.write(&self.response(&nonce, &plugin))?;
        self.prove(packets, nonce, plugin)
    }

    fn response(self, nonce: &[u8], plugin: &str) -> Vec<u8> {
        let mut response = head(if self.is_encrypted { CAPABILITIES | TLS } else { CAPABILITIES });
        response.extend_from_slice(self.user.as_bytes());
        response.push(0);
        let proof = self.scrambled(nonce, plugin);
        response.push(proof.len() as u8);
        response.extend_from_slice(&proof);
        response.extend_from_slice(plugin.as_bytes());
        response.push(0);
        response
    }

    /// What a plugin takes at first; nothing for an empty password.
    fn scrambled(self, nonce: &[u8], plugin: &str) -> Vec<u8> {
        let password = self.password.map_or(&[][..], |password| password.reveal().as_bytes());
        match plugin {
            _ if password.is_empty() => Vec::new(),
            CACHING_SHA2 => scramble_sha256(nonce, password).map(|proof| proof.to_vec()).unwrap_or_default(),
            _ => scramble_native(nonce, password).map(|proof| proof.to_vec()).unwrap_or_default(),
        }
    }

    fn prove<S: Read + Write>(self, packets: &mut Packets<S>, mut nonce: Vec<u8>, mut plugin: String) -> Result<(), LoginFault> {
        /// `caching_sha2_password`: the server has the user's hash at hand.
        const KNOWN: u8 = 3;
        /// It wants the password itself.
        const ASKED: u8 = 4;
        loop {
            let answer = packets.read(ANSWER_LIMIT)?;
            match answer.as_slice() {
                [OK, ..] => return Ok(()),
                [ERROR, ..] => return Err(refused(&answer)),
                [MORE, KNOWN] if plugin == CACHING_SHA2 => {}
                [MORE, ASKED] if plugin == CACHING_SHA2 => self.reveal(packets, &nonce)?,
                [SWITCH, request @ ..] => {
                    let (name, rest) = split_text(request).ok_or_else(unknown)?;
                    (plugin, nonce) = (name, rest.strip_suffix(&[0]).unwrap_or(rest).to_vec());
                    match plugin.as_str() {
                        NATIVE | CACHING_SHA2 => packets.write(&self.scrambled(&nonce, &plugin))?,
                        // The system says who is at the other end of the socket.
                        "unix_socket" | "auth_socket" => packets.write(&[])?,
                        _ => {
                            let words = format!("the user is unknown, or logs in by `{plugin}`, which is not supported");
                            return Err(io::Error::other(words).into());
                        }
                    }
                }
                _ => return Err(unknown().into()),
            }
        }
    }

    /// Gives the password itself, to nobody but the server.
    fn reveal<S: Read + Write>(self, packets: &mut Packets<S>, nonce: &[u8]) -> Result<(), LoginFault> {
        const KEY_PLEASE: u8 = 2;
        let mut password = self.password.map_or_else(Vec::new, |password| password.reveal().as_bytes().to_vec());
        password.push(0);
        if self.is_private {
            return Ok(packets.write(&password)?);
        }
        packets.write(&[KEY_PLEASE])?;
        let answer = packets.read(ANSWER_LIMIT)?;
        let [MORE, key @ ..] = answer.as_slice() else { return Err(unknown().into()) };
        if nonce.is_empty() || !key.starts_with(b"-----BEGIN PUBLIC KEY-----") {
            return Err(unknown().into());
        }
        for (byte, mask) in password.iter_mut().zip(nonce.iter().cycle()) {
            *byte ^= mask;
        }
        Ok(packets.write(&crypto::encrypt(&password, key))?)
    }
}

/// What every answer to a greeting begins with.
fn head(capabilities: u32) -> Vec<u8> {
    const LONGEST_PACKET: u32 = 1 << 30;
    let mut head = capabilities.to_le_bytes().to_vec();
    head.extend_from_slice(&LONGEST_PACKET.to_le_bytes());
    head.push(COLLATION);
    head.extend_from_slice(&[0; 23]);
    head
}

impl Greeting {
    /// Hears it, or the server's no.
    pub(super) fn hear<S: Read + Write>(packets: &mut Packets<S>) -> Result<Self, LoginFault> {
        let greeting = packets.read(ANSWER_LIMIT)?;
        if greeting.first() == Some(&ERROR) {
            return Err(refused(&greeting));
        }
        Ok(Self::parse(&greeting).ok_or_else(unknown)?)
    }

    fn parse(packet: &[u8]) -> Option<Self> {
        let [10, rest @ ..] = packet else { return None };
        let (_version, rest) = split_text(rest)?;
        // The session's number, eight bytes of the nonce, a zero; capabilities, collation and state; the nonce's length, ten zeros.
        let nonce_start = rest.get(4..12)?;
        let [low, high] = *rest.get(13..)?.first_chunk()?;
        let offers_tls = u32::from(u16::from_le_bytes([low, high])) & TLS != 0;
        let rest = rest.get(31..)?;
        let (nonce_end, rest) = rest.split_at_checked(12)?;
        let nonce = [nonce_start, nonce_end].concat();
        let plugin = rest.strip_prefix(&[0]).and_then(split_text).map_or(NATIVE.to_owned(), |(plugin, _)| plugin);
        Some(Self { nonce, plugin, offers_tls })
    }
}

/// A text that ends with a zero, or with the packet, and what follows.
fn split_text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    Some((text.to_owned(), bytes.get(end + 1..).unwrap_or_default()))
}

/// The server's no.
pub(super) fn refusal(packet: &[u8]) -> Refusal {
    let [ERROR, low, high, rest @ ..] = packet else { return Refusal::new(0, String::new(), "an answer that nobody knows") };
    let code = u16::from_le_bytes([*low, *high]);
    let (state, message) = match rest {
        [b'#', state @ ..] if state.len() >= 5 => state.split_at(5),
        message => (&b"HY000"[..], message),
    };
    Refusal::new(code, String::from_utf8_lossy(state).into_owned(), &String::from_utf8_lossy(message))
}

fn refused(packet: &[u8]) -> LoginFault {
    LoginFault::Refused(refusal(packet))
}

fn unknown() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it does not answer as a server of MySQL or MariaDB does")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_of_a_server_is_read() {
        let mut packet = b"\x0a9.7.4\0".to_vec();
        packet.extend_from_slice(&[8, 0, 0, 0]);
        packet.extend_from_slice(b"abcdefgh\0");
        packet.extend_from_slice(&[0xff, 0xff, 0xff, 2, 0, 0xff, 0xdf, 21]);
        packet.extend_from_slice(&[0; 10]);
        packet.extend_from_slice(b"ijklmnopqrst\0caching_sha2_password\0");
        let greeting = Greeting::parse(&packet).expect("a greeting");
        assert_eq!(greeting, Greeting { nonce: b"abcdefghijklmnopqrst".to_vec(), plugin: CACHING_SHA2.to_owned(), offers_tls: true });
        for length in 0..packet.len() {
            // Cut short it is none, or names no plugin; never a panic.
            let _ = Greeting::parse(&packet[..length]);
        }
        assert_eq!(Greeting::parse(b"\x09old"), None);
    }

    #[test]
    fn a_refusal_has_its_number_with_and_without_a_state() {
        assert_eq!(refusal(b"\xff\x15\x04#28000Access denied for user 'a'").code, 1045);
        let early = refusal(b"\xff\x10\x04Too many connections");
        assert_eq!((early.code, early.message.as_str()), (1040, "Too many connections"));
    }
}
