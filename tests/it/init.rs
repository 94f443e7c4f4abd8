//! `rowgate init` on real servers: what it makes, what its printed privileges are good for, what it says without them.

use std::{fs, path::Path};

use rowgate::{
    mysql::{Connection, Endpoint, Password, Session, TargetDefinition},
    schema::TableName,
};

use crate::{
    command::{Run, rowgate, rowgate_in},
    server::{Kind, Server},
};

const TARGETS: [Kind; 2] = [Kind::MariaDb1011, Kind::MySql97];

/// Everything that `init` tells of, in its order.
const OBJECTS: [&str; 8] = [
    "schema retl",
    "table retl.retl_buffer",
    "table retl.retl_mark",
    "table retl.xdual",
    "table retl.rowgate_job",
    "table retl.rowgate_checkpoint",
    "table retl.rowgate_dead_letter",
    "rows 1 to 1000 of retl.retl_mark",
];

fn lines(line: impl Fn(&str) -> String) -> String {
    OBJECTS.map(|object| line(object) + "\n").concat()
}

fn url(server: &Server, user: &str) -> String {
    format!("mysql://{user}@127.0.0.1:{}", server.port())
}

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("the temporary folder is writable")
}

fn password_file(folder: &Path, password: &str) -> String {
    let path = folder.join("password");
    fs::write(&path, format!("{password}\n")).expect("the temporary folder is writable");
    path.display().to_string()
}

#[test]
fn a_second_init_finds_everything_and_one_after_damage_makes_what_is_missing() {
    for kind in TARGETS {
        let server = Server::start(kind, &[]);
        let init = || rowgate(["init", "--to", &format!("shard0={}", server.root_url())]);
        assert_eq!(init().done().stdout, lines(|object| format!("shard0: made {object}")));
        assert_eq!(init().done().stdout, lines(|object| format!("shard0: {object} was there")));

        server
            .run("UPDATE retl.retl_mark SET CHANNEL_ID = 7 WHERE ID = 1; DELETE FROM retl.retl_mark WHERE ID = 500; DROP TABLE retl.xdual");
        let run = init().done();
        let made: Vec<&str> = run.stdout.lines().filter(|line| line.contains("made")).collect();
        assert_eq!(made, ["shard0: made table retl.xdual", "shard0: made rows 1 to 1000 of retl.retl_mark"]);
        let marks = server.query_text("SELECT count(*), sum(CHANNEL_ID), min(ID), max(ID) FROM retl.retl_mark");
        assert_eq!(marks, [["1000", "7", "1", "1000"].map(|value| Some(value.to_owned()))]);

        server.run(
            "INSERT INTO retl.retl_buffer(ID,TABLE_ID,FULL_NAME,TYPE,PK_DATA,GMT_CREATE,GMT_MODIFIED)
               (SELECT null,0,'fintax_task.task_batch','I',ID,now(),now() FROM retl.retl_mark);
             INSERT INTO retl.xdual(id, x) VALUES (1, now()) ON DUPLICATE KEY UPDATE x = now()",
        );
    }
}

#[test]
fn the_printed_privileges_are_enough_to_load_and_to_look() {
    for kind in TARGETS {
        let server = Server::start(kind, &["--local-infile=ON"]);
        server.run(
            "CREATE DATABASE shop_1; CREATE TABLE shop_1.orders (id INT PRIMARY KEY, note VARCHAR(20));
             CREATE TRIGGER shop_1.touched BEFORE UPDATE ON shop_1.orders FOR EACH ROW SET NEW.note = upper(NEW.note);
             CREATE DATABASE shopx1; CREATE TABLE shopx1.orders (id INT PRIMARY KEY)",
        );
        let print = rowgate(["init", "--print", "--user", "rowgate@127.0.0.1", "--into", "shop_1"]).done().stdout;
        assert!(server.try_run(&print).is_err(), "nobody filled in the password");
        let script = print.replace("<password in quotes>", "'p@ss/#:word'");
        server.run(&script);
        server.run(&script);

        let folder = temporary();
        let file = password_file(folder.path(), "p@ss/#:word");
        let run = rowgate(["init", "--to", &url(&server, "rowgate"), "--password-file", &file]).done();
        assert_eq!(run.stdout, lines(|object| format!("default: {object} was there")));
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts").block_on(load(&server));
    }
}

/// Does with the printed privileges all that a loader does.
async fn load(server: &Server) {
    let mut endpoint = Endpoint::parse(&url(server, "rowgate")).expect("the address is sound");
    endpoint.password = Some(Password::new("p@ss/#:word"));
    let mut connection = Connection::open(&endpoint, Session::Loading).await.expect("the user was made");
    let orders = TableName::new("shop_1", "orders");
    let definition = TargetDefinition::read(&mut connection, &orders).await.expect("it may be read").expect("it is there");
    assert_eq!(definition.triggers, Some(vec!["touched".to_owned()]), "{:?}", server.kind());
    let write = "START TRANSACTION; UPDATE retl.rowgate_checkpoint SET seq = 1 WHERE job = 'j' AND lane = 0;
                 INSERT INTO shop_1.orders VALUES (1, 'a'), (2, 'b') ON DUPLICATE KEY UPDATE note = 'c';
                 REPLACE INTO shop_1.orders VALUES (2, 'b'); UPDATE shop_1.orders SET note = 'd' WHERE id = 1;
                 DELETE FROM shop_1.orders WHERE id = 2; INSERT INTO retl.rowgate_dead_letter (job, letter) VALUES ('j', '{}');
                 COMMIT";
    connection.execute_all(write).await.expect("the user may write");
    let locked = connection.rows("SELECT note FROM shop_1.orders WHERE id = 1 FOR UPDATE").await.expect("the user may read");
    assert_eq!(locked[0].text(0), Some("D"));
    let file = connection.load_local("LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE shop_1.orders", b"1\ta\n3\tc\n".to_vec()).await;
    file.expect("the user may load a file");

    let mut refused = async |sql: &str| connection.execute(sql).await.expect_err(sql).code();
    assert_eq!(refused("CREATE TABLE shop_1.more (id INT)").await, Some(1142));
    assert_eq!(refused("INSERT INTO shopx1.orders VALUES (1)").await, Some(1142), "`_` of the name is no pattern");
    let grants = connection.rows("SHOW GRANTS").await.expect("everybody may ask");
    let has_trigger = grants.iter().filter_map(|row| row.text(0)).any(|grant| grant.contains("TRIGGER"));
    assert_eq!(has_trigger, server.kind() == Kind::MySql97, "{grants:?}");
}

#[test]
fn a_user_without_the_privilege_is_told_the_administrators_way() {
    for kind in TARGETS {
        let server = Server::shared(kind);
        server.run("CREATE USER init_nobody@'%' IDENTIFIED BY 'word'");
        let folder = temporary();
        let init = |password: &str| {
            let file = password_file(folder.path(), password);
            rowgate(["init", "--to", &url(server, "init_nobody"), "--password-file", &file])
        };
        let Run { code, stdout, stderr } = init("word");
        assert_eq!((code, stdout.as_str()), (3, ""), "{stderr}");
        assert!(stderr.contains("Access denied for user 'init_nobody'@") && stderr.contains("error 1044"), "{stderr}");
        assert!(stderr.contains("rowgate init --print"), "{stderr}");
        let wrong = init("secret");
        assert_eq!(wrong.code, 3);
        assert!(wrong.stderr.contains("--password-file") && !wrong.stderr.contains("secret"), "{}", wrong.stderr);
    }
}

#[test]
fn targets_come_from_the_configuration_and_a_password_never_from_the_command_line() {
    let folder = temporary();
    let run = |arguments: &[&str]| rowgate_in(folder.path(), ["init"].iter().chain(arguments));
    let open = run(&["--to", "mysql://a:secret@127.0.0.1:1"]);
    assert_eq!(open.code, 2);
    assert!(open.stderr.contains("--password-file") && !open.stderr.contains("secret"), "{}", open.stderr);
    let nothing = run(&[]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.stderr.contains("there is no target"), "{}", nothing.stderr);

    let toml = "[target.shard0]\nurl = 'mysql://rowgate@127.0.0.1:1'\n";
    fs::write(folder.path().join("rowgate.toml"), toml).expect("the temporary folder is writable");
    let away = run(&[]);
    assert_eq!(away.code, 3);
    assert!(away.stderr.starts_with("error: shard0: cannot connect to mysql://rowgate@127.0.0.1:1: "), "{}", away.stderr);
    fs::write(folder.path().join("other.toml"), format!("{toml}pasword = 'secret'\n")).expect("the temporary folder is writable");
    let typo = run(&["--config", "other.toml"]);
    assert_eq!(typo.code, 2);
    assert_eq!(typo.stderr, "error: other.toml:3: unknown key `pasword`\n  help: Did you mean `password`?\n");
}
