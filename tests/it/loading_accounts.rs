//! Who loads, and over which connection: privileges that hide triggers, and TLS.

use std::path::{Path, PathBuf};

use crate::{
    command::Run,
    loading,
    loading_case::{Job, Source},
    server::{Kind, Server},
};

const CREATE: &str = "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20));";

fn source() -> Source {
    Source::new(Kind::MariaDb1011, "accounts", &format!("{CREATE} INSERT INTO t VALUES (1, 'a'), (2, 'b');"))
}

#[test]
fn a_user_who_may_not_see_triggers_is_told_so_before_a_row_moves() {
    let source = source();
    for kind in [Kind::MySql97, Kind::MariaDb1011] {
        let job = Job::new(&source, kind, CREATE, &["t"]);
        let (user, schema) = (format!("accounts_{kind:?}").to_lowercase(), &job.schema);
        job.target.run(&format!(
            "CREATE USER {user}@'%'; GRANT SELECT, INSERT, UPDATE, DELETE ON retl.* TO {user}@'%'; GRANT SELECT, INSERT, UPDATE, DELETE ON `{schema}`.* TO {user}@'%';"
        ));
        let replay = || {
            let to = ["--to".to_owned(), format!("mysql://{user}@127.0.0.1:{}?tls=prefer", job.target.port())];
            job.try_replay_to(&to, source.files(), &[])
        };
        if kind == Kind::MySql97 {
            let run = replay();
            assert_eq!(run.code, 2, "{}", run.stderr);
            for words in [
                format!("may not see whether target table `{schema}.t` has triggers"),
                format!("`GRANT TRIGGER ON `{schema}`.* TO` the user"),
                "`rowgate init --print`".to_owned(),
            ] {
                assert!(run.stderr.contains(&words), "{words}: {}", run.stderr);
            }
            assert_eq!(job.contents("t").len(), 0);
            // What a role brings counts.
            job.target.run(&format!(
                "CREATE ROLE {user}_role; GRANT TRIGGER ON `{schema}`.* TO {user}_role; GRANT {user}_role TO {user}@'%'; SET DEFAULT ROLE ALL TO {user}@'%';"
            ));
        }
        replay().done();
        job.assert_same(&source, "t");
    }
}

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

#[test]
fn a_target_is_verified_by_its_certificate_and_another_authority_is_refused() {
    let source = source();
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let [authority, chain, key] = [("ca", "authority.pem"), ("cert", "server.pem"), ("key", "server-key.pem")]
            .map(|(option, file)| format!("--ssl-{option}={}", certificate(file).display()));
        let server: &'static Server =
            Box::leak(Box::new(Server::start(kind, &[&authority, &chain, &key, "--require-secure-transport=ON"])));
        loading::prepare_over_tls(server);
        let job = Job::into(&source, server, CREATE, &["t"]);
        let replay = |query: &str| -> Run {
            let to = ["--to".to_owned(), format!("mysql://tls_user@127.0.0.1:{}?{query}", server.port())];
            job.try_replay_to(&to, source.files(), &[])
        };
        let trusted = format!("tls=verify&tls_ca={}", certificate("authority.pem").display());
        let other = format!("tls=verify&tls_ca={}", certificate("other-authority.pem").display());
        for (query, words) in [(other.as_str(), "UnknownIssuer"), ("tls=verify", "UnknownIssuer"), ("tls=off", "refuses the connection")] {
            let run = replay(query);
            assert_eq!(run.code, 3, "{query} on {kind:?}: {}", run.stderr);
            assert!(run.stderr.contains(words), "{words} by {query} on {kind:?}: {}", run.stderr);
            assert_eq!(job.contents("t").len(), 0);
        }
        replay(&trusted).done();
        job.assert_same(&source, "t");
    }
}
