//! Where a server is and who speaks to it: `mysql://user@host:port`, without its password.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use mysql_async::{Opts, UrlError};

use super::Password;

/// A server's address and the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub(super) user: String,
    pub(super) place: Place,
    pub(super) tls: Tls,
}

/// An address and what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The server and the user.
    pub address: Address,
    /// The user's password; none is an empty one.
    pub password: Option<Password>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Tcp { host: String, port: u16 },
    Socket(PathBuf),
}

/// How a connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Not at all. The default for this machine: its own sockets and loopback addresses.
    Off,
    /// Where the server can; anybody between could say that it cannot. The default for other machines.
    Prefer,
    /// Always, with whoever answers.
    Require,
    /// Always, and the certificate must name the host and be signed by a public authority, or by those of a file.
    Verify {
        /// Certificates of authorities (PEM).
        authorities: Option<PathBuf>,
    },
}

/// Why a text is no address. It never quotes the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No URL of this kind.
    #[error("an address reads `mysql://user@host:port`")]
    Malformed(#[source] UrlError),
    /// The user is missing.
    #[error("the address names no user")]
    NoUser,
    /// There is something after the port.
    #[error("the address names a schema, but routes do that")]
    Schema,
    /// An option that nobody knows, or one with a value that makes no sense.
    #[error("the address has an unknown option or value `{0}`")]
    Option(String),
}

impl Endpoint {
    /// Reads `mysql://user[:password]@host[:port][?option=value&…]`: user and password percent-encoded, port 3306 if it is left
    /// out, IPv6 in brackets. Options, whose values are taken as they are: `socket=PATH` in place of host and port,
    /// `tls=off|prefer|require|verify`, `tls_ca=FILE` (which means verify).
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let read = Opts::from_str(base).map_err(AddressError::Malformed)?;
        if read.db_name().is_some() {
            return Err(AddressError::Schema);
        }
        let user = read.user().ok_or(AddressError::NoUser)?.to_owned();
        let host = read.ip_or_hostname().trim_start_matches('[').trim_end_matches(']').to_owned();
        let mut place = Place::Tcp { host, port: read.tcp_port() };
        let mut tls = None;
        for option in query.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("socket", path)) => place = Place::Socket(path.into()),
                Some(("tls", "off")) => tls = Some(Tls::Off),
                Some(("tls", "prefer")) => tls = Some(Tls::Prefer),
                Some(("tls", "require")) => tls = Some(Tls::Require),
                Some(("tls", "verify")) if tls.is_none() => tls = Some(Tls::Verify { authorities: None }),
                Some(("tls_ca", file)) if matches!(tls, None | Some(Tls::Verify { .. })) => {
                    tls = Some(Tls::Verify { authorities: Some(file.into()) });
                }
                _ => return Err(AddressError::Option(option.to_owned())),
            }
        }
        let tls = tls.unwrap_or_else(|| if place.is_here() { Tls::Off } else { Tls::Prefer });
        let password = read.pass().filter(|password| !password.is_empty()).map(Password::new);
        Ok(Self { address: Address { user, place, tls }, password })
    }

    /// Takes paths of a socket and of certificates from a folder, if they are relative.
    #[must_use]
    pub fn relative_to(mut self, folder: &Path) -> Self {
        if let Place::Socket(path) = &mut self.address.place {
            *path = folder.join(&*path);
        }
        if let Tls::Verify { authorities: Some(path) } = &mut self.address.tls {
            *path = folder.join(&*path);
        }
        self
    }

    /// Encrypts in this way.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.address.tls = tls;
        self
    }

    /// Whether there is a password already: one on the command line is to be refused, for every user of the machine sees it.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }
}

impl Address {
    /// The user's name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// How the connection is encrypted.
    pub fn tls(&self) -> &Tls {
        &self.tls
    }
}

impl Place {
    fn is_here(&self) -> bool {
        match self {
            Self::Socket(_) => true,
            Self::Tcp { host, .. } if host == "localhost" => true,
            Self::Tcp { host, .. } => host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mysql://{}@", self.user)?;
        match &self.place {
            Place::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Place::Tcp { host, port } => write!(f, "{host}:{port}"),
            Place::Socket(path) => write!(f, "localhost?socket={}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> (String, Tls, Option<String>) {
        let endpoint = Endpoint::parse(url).expect("the test gives a sound address");
        let password = endpoint.password.map(|password| password.reveal().to_owned());
        (endpoint.address.to_string(), endpoint.address.tls, password)
    }

    #[test]
    fn host_and_port_may_be_short_or_ipv6() {
        assert_eq!(read("mysql://rowgate@db1"), ("mysql://rowgate@db1:3306".into(), Tls::Prefer, None));
        assert_eq!(read("mysql://rowgate@db1.example:3307/").0, "mysql://rowgate@db1.example:3307");
        assert_eq!(read("mysql://root@[::1]:3310"), ("mysql://root@[::1]:3310".into(), Tls::Off, None));
        assert_eq!(read("mysql://root@127.0.0.1").1, Tls::Off);
    }

    #[test]
    fn user_and_password_are_percent_decoded_and_the_password_stays_hidden() {
        let url = "mysql://app%40site:p%40ss%2F%23%3Aword@db1";
        assert_eq!(read(url), ("mysql://app@site@db1:3306".into(), Tls::Prefer, Some("p@ss/#:word".into())));
        let endpoint = Endpoint::parse(url).expect("the address is sound");
        assert!(endpoint.has_password());
        assert!(!format!("{endpoint:?} {}", endpoint.address).contains("p@ss"));
    }

    #[test]
    fn options_name_a_socket_or_how_to_encrypt() {
        assert_eq!(read("mysql://root@localhost?socket=/run/m.sock").0, "mysql://root@localhost?socket=/run/m.sock");
        assert_eq!(read("mysql://root@db1?tls=off").1, Tls::Off);
        assert_eq!(read("mysql://root@db1?tls=require").1, Tls::Require);
        let verified = Tls::Verify { authorities: Some("/etc/ca.pem".into()) };
        assert_eq!(read("mysql://root@db1?tls_ca=/etc/ca.pem").1, verified);
        assert_eq!(read("mysql://root@db1?tls=verify&tls_ca=/etc/ca.pem").1, verified);
    }

    #[test]
    fn what_is_no_address_is_refused_without_its_password() {
        let refused = |url| Endpoint::parse(url).expect_err("the test gives no sound address");
        assert_eq!(refused("mysql://db1:3306"), AddressError::NoUser);
        assert_eq!(refused("mysql://root@db1/shop"), AddressError::Schema);
        assert_eq!(refused("mysql://root@db1?tls=sometimes"), AddressError::Option("tls=sometimes".into()));
        assert_eq!(refused("mysql://root@db1?pool_min=3"), AddressError::Option("pool_min=3".into()));
        for url in ["postgres://a:secret@b", "a:secret@b", "mysql://a:secret@b:notaport", "mysql://a:secret#x@b", ""] {
            let error = refused(url);
            assert!(matches!(error, AddressError::Malformed(_)), "{url}: {error:?}");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }
}
