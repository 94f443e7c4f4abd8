//! `rowgate init`: the schema `retl` on targets, or the SQL that makes it.

use std::io::{self, Write};

use super::{
    args::InitArguments,
    failure::{Exit, Failure},
    flow::with_causes,
    servers::{NamedServer, named_servers},
};
use crate::{
    mysql::{Connection, MysqlError, Session},
    retl::{Ensured, Object, administrator_script},
};

/// Access denied: to a schema, to a table, and for what takes a privilege on the whole server.
const NOT_ALLOWED: [u16; 3] = [1044, 1142, 1227];

/// Access denied: at the door.
const NO_LOGIN: [u16; 2] = [1045, 1698];

pub(super) fn run(arguments: &InitArguments) -> Result<Exit, Failure> {
    if arguments.print {
        let script = administrator_script(&arguments.user, &arguments.into);
        io::stdout().write_all(script.as_bytes()).map_err(|error| Failure::output(&error))?;
        return Ok(Exit::Done);
    }
    let servers = named_servers(&arguments.to, &arguments.servers)?;
    if servers.is_empty() {
        return Err(Failure::wrong_input("there is no target")
            .with_hint("Name one, `--to mysql://user@host:port`, or give it a section `[target.NAME]` in rowgate.toml."));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::unavailable(format!("cannot start: {error}")))?;
    servers.iter().try_for_each(|server| runtime.block_on(prepare(server)))?;
    Ok(Exit::Done)
}

async fn prepare((name, endpoint): &NamedServer) -> Result<(), Failure> {
    let mut connection = Connection::open(endpoint, Session::Plain).await.map_err(|error| failure(name, &error))?;
    for object in Object::all() {
        let ensured = object.ensure(&mut connection).await.map_err(|error| failure(name, &error))?;
        let told = match ensured {
            Ensured::Made => writeln!(io::stdout(), "{name}: made {object}"),
            Ensured::WasThere => writeln!(io::stdout(), "{name}: {object} was there"),
        };
        told.map_err(|error| Failure::output(&error))?;
    }
    connection.close().await;
    Ok(())
}

fn failure(name: &str, error: &MysqlError) -> Failure {
    let failure = Failure::unavailable(format!("{name}: {}", with_causes(error)));
    match error.code() {
        Some(code) if NOT_ALLOWED.contains(&code) => failure.with_hint(
            "The user may not make it. `rowgate init --print` prints what an administrator runs instead: the schema, the user and its \
             privileges. After that, this command only looks.",
        ),
        Some(code) if NO_LOGIN.contains(&code) => {
            failure.with_hint("The password is taken from `--password-file`, ROWGATE_PASSWORD_<NAME>, ROWGATE_PASSWORD, or rowgate.toml.")
        }
        _ => failure,
    }
}
