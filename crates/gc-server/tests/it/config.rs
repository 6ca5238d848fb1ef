//! Settings: the example file, their sources, and every bad value by name.

use std::io::Write;

use gc_protocol::Secret;
use gc_protocol::style::Dialect;
use gc_server::ServeError;
use gc_server::config::{
    AgentExtension, Config, Node, Recorder, RecorderMethod, Scheme, Sources, Transport, UcceConfig,
};
use pretty_assertions::assert_eq;

const EXAMPLE: &str = include_str!("../../gc.example.toml");

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn load(text: &str, environment: &[(&str, &str)], overrides: &[&str]) -> Result<Config, String> {
    let file = file(text);
    let sources = Sources {
        file: Some(file.path().to_owned()),
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        overrides: overrides.iter().map(|text| (*text).to_owned()).collect(),
    };
    sources.load().map_err(|error| error.to_string())
}

/// A configuration that could start.
fn good() -> Config {
    let mut config = Config::default();
    config
        .finesse
        .nodes
        .push(Node::new("finesse-a.example.org"));
    config
}

#[test]
fn the_example_holds_every_setting_with_its_default() {
    assert_eq!(load(EXAMPLE, &[], &[]).unwrap(), Config::default());
    let written = EXAMPLE
        .lines()
        .filter(|line| line.contains(" = ") && !line.starts_with('#'))
        .count();
    let known = format!("{:?}", Config::default()).matches(": ").count();
    // Each section is a field too, and so are `nodes`, `clusters`, `clients`, `queues` of the broker and `agent_extensions`, which have no default to write.
    let sections = "server tls admin finesse administrator link clusters clients callbacks replay session compat ucce_config \
        broker queues agent_extensions store recorder pause resume team queues sso calls log nodes";
    assert_eq!(written, known - sections.split_whitespace().count());
}

#[test]
fn the_examples_of_the_example_work_too() {
    let text = EXAMPLE.replace("#:", "");
    let config = load(&text, &[], &[]).unwrap();
    assert_eq!(config.check(), []);
    assert_eq!(config.finesse.nodes.len(), 1);
    assert_eq!(config.clients.len(), 1);
    assert_eq!(config.clusters.len(), 1);
    assert_eq!(config.sites()[1].finesse.link, config.finesse.link);
}

#[test]
fn a_replay_window_stays_below_what_a_connection_may_have_waiting() {
    let mut config = good();
    config.replay.events = 1_001;
    config.replay.bytes = 4 * 1024 * 1024 + 1;
    config.replay.age = std::time::Duration::ZERO;
    let problems: Vec<String> = config.check().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "replay.events: 1001 is more than a connection may have waiting; write at most 1000",
            "replay.bytes: 4194305 is more than a connection may have waiting; write at most 4194304",
            "replay.age: is 0; write a duration above 0, such as \"5s\"",
        ]
    );
}

#[test]
fn a_node_says_how_its_notifications_come() {
    for (word, transport) in [
        ("auto", Transport::Auto),
        ("websocket", Transport::WebSocket),
        ("websocket-7443", Transport::LegacyWebSocket),
        ("tcp", Transport::Tcp),
    ] {
        let text = format!("[[finesse.nodes]]\nhost = \"fin-a\"\ntransport = \"{word}\"\n");
        let config = load(&text, &[], &[]).unwrap();
        assert_eq!(config.finesse.nodes[0].transport, transport);
    }
    let text = "[[finesse.nodes]]\nhost = \"fin-a\"\ntransport = \"bosh\"\n";
    let error = load(text, &[], &[]).unwrap_err();
    assert!(error.contains("websocket-7443"), "{error}");
}

#[test]
fn a_broken_file_is_explained_without_its_secrets() {
    for text in [
        "[clients.crm]\nkey_sha256 = \"00\"\ncallback_secret = \"whsec_canary",
        "[clients.crm]\nkey_sha256 = \"00\"\ncallback_secret = \"whsec_canary\" x",
        "[clients.crm]\nkey_sha256 = \"00\"\ncalback_secret = \"whsec_canary\"",
        "[clients.crm]\nkey_sha256 = \"00\"\ncallback_secret = [\"whsec_canary\"]",
        "[clients.desk]\nkey_sha256 = \"01\"\n[clients]\ncrm = \"whsec_\\\"c4nary\"",
    ] {
        let error = load(text, &[], &[]).unwrap_err();
        assert!(!error.contains("c4nary"), "{error}");
        assert!(
            error.contains("line 3, column ") || error.contains("line 4, column "),
            "{error}"
        );
    }
    let variable = load("", &[("GC__CLIENTS__CRM", "whsec_canary")], &[]).unwrap_err();
    assert!(!variable.contains("c4nary"), "{variable}");
    let argument = load("", &[], &["clients.crm=whsec_canary"]).unwrap_err();
    assert!(!argument.contains("c4nary"), "{argument}");
}

#[test]
fn the_environment_overrides_the_file_and_the_command_line_both() {
    let text = "[log]\nlevel = \"warn\"\n[server]\nmax_connections = 5\ncommand_burst = 7\n";
    let config = load(
        text,
        &[
            ("GC__LOG__LEVEL", "debug"),
            ("GC__SERVER__MAX_CONNECTIONS", "6"),
            ("GC__CALLBACKS__ALLOW", r#"["https://crm.example.org"]"#),
            ("GC__SESSION__BEAT_PERIOD", "40s"),
            ("GC__SESSION__GONE_REASON_CODE", "50003"),
            ("PATH", "/bin"),
        ],
        &["server.max_connections=8", "server.listen=127.0.0.1:9000"],
    )
    .unwrap();
    assert_eq!(config.log.level, "debug");
    assert_eq!(config.server.max_connections, 8);
    assert_eq!(config.server.command_burst, 7);
    assert_eq!(config.server.listen, "127.0.0.1:9000".parse().unwrap());
    assert_eq!(config.callbacks.allow, ["https://crm.example.org"]);
    assert_eq!(config.session.beat_period.as_secs(), 40);
    assert_eq!(config.session.gone_reason_code, "50003");
}

#[test]
fn nodes_and_clients_can_be_set_from_the_environment() {
    let text = "[[finesse.nodes]]\nhost = \"finesse-a.example.org\"\n";
    let config = load(
        text,
        &[
            ("GC__FINESSE__NODES__0__HTTPS_PORT", "8446"),
            ("GC__CLIENTS__CRM__KEY_SHA256", "00"),
        ],
        &[],
    )
    .unwrap();
    assert_eq!(config.finesse.nodes[0].https_port, 8446);
    assert_eq!(config.clients["crm"].key_sha256, ["00"]);
}

#[test]
fn a_setting_that_does_not_exist_is_named_with_its_source() {
    let unknown = load("[server]\nlisen = \"127.0.0.1:1\"\n", &[], &[]).unwrap_err();
    assert!(
        unknown.contains("lisen") && unknown.contains("line 2"),
        "{unknown}"
    );
    let unknown = load("", &[("GC__SERVER__LISEN", "127.0.0.1:1")], &[]).unwrap_err();
    assert!(
        unknown.contains("GC__SERVER__LISEN") && unknown.contains("lisen"),
        "{unknown}"
    );
    let unknown = load("", &[], &["sever.listen=127.0.0.1:1"]).unwrap_err();
    assert!(unknown.contains("sever"), "{unknown}");
    let index = load("", &[("GC__FINESSE__NODES__0__HOST", "x")], &[]).unwrap_err();
    assert!(index.contains("GC__FINESSE__NODES__0__HOST"), "{index}");
}

#[test]
fn a_value_of_the_wrong_form_is_named_with_its_source() {
    for (text, named) in [
        ("[server]\nlisten = \"nowhere\"\n", "line 2"),
        ("[server]\nmax_connections = -1\n", "line 2"),
        ("[session]\nbeat_period = \"soon\"\n", "soon"),
        ("[compat]\nprofile = \"old\"\n", "documented"),
        ("[compat]\ndialect = \"text\"\n", "string"),
        ("[log]\nformat = \"xml\"\n", "json"),
        ("[server\n", "line 1"),
    ] {
        let error = load(text, &[], &[]).unwrap_err();
        assert!(error.contains(named), "{text}: {error}");
    }
    let error = load("", &[("GC__SERVER__MAX_CONNECTIONS", "many")], &[]).unwrap_err();
    assert!(error.contains("GC__SERVER__MAX_CONNECTIONS"), "{error}");
}

#[test]
fn an_error_never_shows_a_secret() {
    let text = "[clients.crm]\nkey_sha256 = \"00\"\ncallback_secret = \"c4nary-1d4\"\n";
    let mut config = load(text, &[], &[]).unwrap();
    config
        .finesse
        .nodes
        .push(Node::new("finesse-a.example.org"));
    assert!(!format!("{config:?}").contains("c4nary"));
    assert!(!format!("{:?}", config.check()).contains("c4nary"));
    let error = load(
        "",
        &[("GC__CLIENTS__CRM__ADMINISTRATOR", "c4nary-1d4")],
        &[],
    )
    .unwrap_err();
    assert!(!error.contains("c4nary"), "{error}");
}

#[test]
fn the_dialect_is_set_for_all_or_for_one_client() {
    let text = r#"
[clients.crm]
key_sha256 = "00"
dialect = "string"
[clients.desk]
key_sha256 = "01"
"#;
    let config = load(text, &[], &[]).unwrap();
    let dialect = |client: &str| config.style_of(&config.clients[client]).dialect;
    assert_eq!(config.style().dialect, Dialect::Json);
    assert_eq!(
        (dialect("crm"), dialect("desk")),
        (Dialect::String, Dialect::Json)
    );
    let config = load(text, &[("GC__COMPAT__DIALECT", "string")], &[]).unwrap();
    assert_eq!(
        config.style_of(&config.clients["desk"]).dialect,
        Dialect::String
    );
}

#[test]
fn a_good_configuration_has_no_problem() {
    assert_eq!(good().check(), []);
}

#[test]
fn every_bad_value_is_named_with_what_to_do() {
    type Change = fn(&mut Config);
    let changes: &[(&str, Change)] = &[
        ("server.listen", |c| {
            c.server.listen = "0.0.0.0:8112".parse().unwrap()
        }),
        ("server.listen", |c| {
            c.server.listen = "[::]:8112".parse().unwrap()
        }),
        ("server.admin_listen", |c| {
            c.server.admin_listen = c.server.listen
        }),
        ("server.command_paths", |c| {
            c.server.command_paths = vec!["api".into()]
        }),
        ("server.command_paths", |c| {
            c.server.command_paths = vec!["/a/{id}".into()]
        }),
        ("server.command_paths", |c| {
            c.server.command_paths = vec!["/gc/v1/ws".into()]
        }),
        ("server.command_paths", |c| {
            c.server.command_paths = vec!["/openapi.json".into()]
        }),
        ("server.command_paths", |c| {
            c.server.command_paths = vec!["/schemas/commands.json".into()]
        }),
        ("server.max_connections", |c| c.server.max_connections = 0),
        ("server.max_destinations", |c| c.server.max_destinations = 0),
        ("server.commands_per_second", |c| {
            c.server.commands_per_second = 0
        }),
        ("server.command_burst", |c| c.server.command_burst = 0),
        ("server.command_burst_per_source", |c| {
            c.server.command_burst_per_source = 0
        }),
        ("finesse.nodes", |c| c.finesse.nodes.clear()),
        ("finesse.nodes[0].host", |c| c.finesse.nodes[0].host.clear()),
        ("finesse.nodes[0].host", |c| {
            c.finesse.nodes[0].host = "https://finesse".into()
        }),
        ("finesse.nodes[0].host", |c| {
            c.finesse.nodes[0].scheme = Scheme::Http
        }),
        ("finesse.nodes[0].https_port", |c| {
            c.finesse.nodes[0].https_port = 0
        }),
        ("finesse.nodes[0].legacy_websocket_port", |c| {
            c.finesse.nodes[0].legacy_websocket_port = 0
        }),
        ("finesse.nodes[1].name", |c| {
            c.finesse.nodes.push(Node::new("finesse-a.example.org"))
        }),
        ("finesse.system_roots", |c| c.finesse.system_roots = false),
        ("finesse.ca_files", |c| {
            c.finesse.ca_files = vec!["/nonexistent.pem".into()]
        }),
        ("finesse.pinned_certificates", |c| {
            c.finesse.pinned_certificates = vec!["/nonexistent.pem".into()]
        }),
        ("finesse.max_requests", |c| c.finesse.max_requests = 0),
        ("finesse.request_timeout", |c| {
            c.finesse.request_timeout = std::time::Duration::ZERO
        }),
        ("finesse.link.resource", |c| {
            c.finesse.link.resource = "desktop".into()
        }),
        ("finesse.link.parallel_logins", |c| {
            c.finesse.link.parallel_logins = 0
        }),
        ("server.event_bytes", |c| c.server.event_bytes = 16_777_215),
        ("finesse.link.logins_per_second", |c| {
            c.finesse.link.logins_per_second = 0
        }),
        ("finesse.link.probe_timeout", |c| {
            c.finesse.link.probe_timeout = std::time::Duration::ZERO
        }),
        ("finesse.link.reprobe_after", |c| {
            c.finesse.link.reprobe_after = std::time::Duration::ZERO
        }),
        ("finesse.link.reconnect_max", |c| {
            c.finesse.link.reconnect_max = std::time::Duration::ZERO
        }),
        ("callbacks.allow[0]", |c| {
            c.callbacks.allow = vec!["*".into()]
        }),
        ("callbacks.tries", |c| c.callbacks.tries = 0),
        ("callbacks.ca_files", |c| {
            c.callbacks.ca_files = vec!["/nonexistent.pem".into()]
        }),
        ("session.gone_logout_after", |c| {
            c.session.gone_logout_after = std::time::Duration::ZERO
        }),
        ("session.beat_period", |c| {
            c.session.beat_period = std::time::Duration::ZERO
        }),
        ("compat.time_zone", |c| {
            c.compat.time_zone = "Mars/Olympus".into()
        }),
        ("compat.monitor_call_type", |c| {
            c.compat.monitor_call_type.clear()
        }),
        ("log.level", |c| c.log.level = "loud".into()),
        ("finesse.administrator.name", |c| {
            c.finesse.administrator.password = Secret::new("s3cret")
        }),
        ("finesse.administrator.name", |c| {
            c.finesse.administrator.name = "a:b".into();
            c.finesse.administrator.password = Secret::new("s3cret");
        }),
        ("finesse.administrator.password", |c| {
            c.finesse.administrator.name = "administrator".into()
        }),
        ("finesse.administrator.password_file", |c| {
            c.finesse.administrator.name = "administrator".into();
            c.finesse.administrator.password_file = "/nonexistent".into();
        }),
        ("finesse.administrator.password_file", |c| {
            c.finesse.administrator.name = "administrator".into();
            c.finesse.administrator.password = Secret::new("s3cret");
            c.finesse.administrator.password_file = "/nonexistent".into();
        }),
        ("ucce_config.host", |c| {
            c.ucce_config.user = "gateway@example.org".into()
        }),
        ("ucce_config.host", |c| {
            c.ucce_config = api();
            c.ucce_config.host = "https://aw-a".into();
        }),
        ("ucce_config.address", |c| {
            c.ucce_config = api();
            c.ucce_config.address = "10.0.0.1:443".into();
        }),
        ("ucce_config.port", |c| {
            c.ucce_config = api();
            c.ucce_config.port = 0;
        }),
        ("ucce_config.user", |c| {
            c.ucce_config = api();
            c.ucce_config.user = "gateway".into();
        }),
        ("ucce_config.password", |c| {
            c.ucce_config = api();
            c.ucce_config.password = Secret::new("");
        }),
        ("ucce_config.page_size", |c| {
            c.ucce_config = api();
            c.ucce_config.page_size = 101;
        }),
        ("ucce_config.page_size", |c| {
            c.ucce_config = api();
            c.ucce_config.page_size = 0;
        }),
        ("agent_extensions.f1", |c| {
            for number in ["F1", "f1"] {
                let extension = extension("6127", "03215550100");
                c.agent_extensions.insert(number.into(), extension);
            }
        }),
        ("agent_extensions.F1.port", |c| {
            c.agent_extensions
                .insert("F1".into(), extension("", "03215550100"));
        }),
        ("agent_extensions.F1.dial_number", |c| {
            c.agent_extensions
                .insert("F1".into(), extension("6127", ""));
        }),
        ("recorder.pause.url", |c| {
            c.recorder = recorder("https://recorder.example.org/{dialog}")
        }),
        ("recorder.pause.url", |c| {
            c.recorder = recorder("http://recorder.example.org/{dialogId}");
            c.recorder.secret = Secret::new("s3cret");
        }),
        ("recorder.resume.url", |c| {
            c.recorder = recorder("https://recorder.example.org/");
            c.recorder.resume.url.clear();
        }),
        ("recorder.secret", |c| {
            c.recorder = recorder("https://recorder.example.org/");
            c.recorder.user = "gc".into();
        }),
        ("recorder.secret_file", |c| {
            c.recorder.secret_file = "/nonexistent".into()
        }),
        ("recorder.user", |c| {
            c.recorder.user = "a:b".into();
            c.recorder.secret = Secret::new("s3cret");
        }),
        ("recorder.ca_files", |c| {
            c.recorder.ca_files = vec!["/nonexistent.pem".into()]
        }),
        ("recorder.system_roots", |c| {
            c.recorder = recorder("https://recorder.example.org/");
            c.recorder.system_roots = false;
        }),
        ("recorder.timeout", |c| {
            c.recorder.timeout = std::time::Duration::ZERO
        }),
        ("queues.poll_interval", |c| {
            c.queues.poll_interval = std::time::Duration::ZERO
        }),
        ("sso.token_life", |c| {
            c.sso.token_life = std::time::Duration::ZERO
        }),
        ("sso.warn_at", |c| c.sso.warn_at = 0.0),
        ("sso.warn_at", |c| c.sso.warn_at = 1.0),
        ("sso.warn_at", |c| c.sso.warn_at = f64::NAN),
        ("calls.variable_bytes", |c| c.calls.variable_bytes = 0),
        ("calls.ecc_bytes", |c| c.calls.ecc_bytes = 0),
    ];
    for (key, change) in changes {
        let mut config = good();
        change(&mut config);
        let found = config.check();
        let keys: Vec<&str> = found.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, [*key]);
        assert!(!found[0].what.is_empty() && !found[0].fix.is_empty());
    }
}

fn api() -> UcceConfig {
    UcceConfig {
        host: "aw-a.example.org".into(),
        user: "gateway@example.org".into(),
        password: Secret::new("s3cret"),
        ..UcceConfig::default()
    }
}

fn extension(port: &str, dial_number: &str) -> AgentExtension {
    AgentExtension {
        port: port.into(),
        dial_number: dial_number.into(),
    }
}

fn recorder(pause: &str) -> Recorder {
    let mut recorder = Recorder::default();
    recorder.pause.url = pause.into();
    recorder.resume.url = "https://recorder.example.org/resume".into();
    recorder
}

#[test]
fn accounts_and_a_recorder_are_no_problem_by_themselves() {
    let mut config = good();
    config.ucce_config = api();
    config.finesse.administrator.name = "administrator".into();
    config.finesse.administrator.password = Secret::new("s3cret");
    config.recorder = recorder("http://127.0.0.1:9000/{agentId}?{extension}");
    config.recorder.secret = Secret::new("s3cret");
    assert_eq!(config.check(), []);
    config.recorder = recorder("http://recorder.example.org/{dialogId}");
    assert_eq!(config.check(), []);
}

#[test]
fn secrets_come_from_the_environment_too_and_are_never_shown() {
    let config = load(
        "",
        &[
            ("GC__FINESSE__ADMINISTRATOR__NAME", "administrator"),
            ("GC__FINESSE__ADMINISTRATOR__PASSWORD", "c4nary=#1"),
            ("GC__UCCE_CONFIG__PASSWORD", "0123"),
            ("GC__RECORDER__SECRET", "c4nary"),
            ("GC__RECORDER__PAUSE__METHOD", "PUT"),
            ("GC__AGENT_EXTENSIONS__F1001__PORT", "6127"),
        ],
        &[],
    );
    let error = config.unwrap_err();
    assert!(
        error.contains("GC__AGENT_EXTENSIONS__F1001__PORT"),
        "{error}"
    );
    let config = load(
        "[agent_extensions]\nf1001 = { port = \"1\", dial_number = \"03215550100\" }\n",
        &[
            ("GC__FINESSE__ADMINISTRATOR__PASSWORD", "c4nary=#1"),
            ("GC__UCCE_CONFIG__PASSWORD", "0123"),
            ("GC__RECORDER__PAUSE__METHOD", "PUT"),
            ("GC__AGENT_EXTENSIONS__F1001__PORT", "6127"),
        ],
        &[],
    )
    .unwrap();
    let password = &config.finesse.administrator.password;
    assert_eq!(password.expose(), "c4nary=#1");
    assert_eq!(config.ucce_config.password.expose(), "0123");
    assert_eq!(config.recorder.pause.method, RecorderMethod::Put);
    assert_eq!(config.agent_extensions["f1001"].port, "6127");
    assert!(!format!("{config:?} {:?}", config.check()).contains("c4nary"));
    let text = "[ucce_config]\nhost = \"aw-a.example.org\"\npassword = [\"c4nary\"]\n";
    let error = load(text, &[], &[]).unwrap_err();
    assert!(
        error.contains("line 3") && !error.contains("c4nary"),
        "{error}"
    );
    let variable = load("", &[("GC__RECORDER", "c4nary")], &[]).unwrap_err();
    assert!(!variable.contains("c4nary"), "{variable}");
}

#[test]
fn all_problems_are_found_at_once() {
    let mut config = good();
    config.server.listen = "0.0.0.0:8112".parse().unwrap();
    config.compat.time_zone = "Mars/Olympus".into();
    config.callbacks.allow = vec![
        "*".into(),
        "https://crm.example.org".into(),
        "ftp://x".into(),
    ];
    let keys: Vec<String> = config
        .check()
        .into_iter()
        .map(|problem| problem.key)
        .collect();
    assert_eq!(
        keys,
        [
            "server.listen",
            "callbacks.allow[0]",
            "callbacks.allow[2]",
            "compat.time_zone"
        ]
    );
}

#[test]
fn clients_need_a_digest_of_their_own_and_a_secret_that_can_sign() {
    let text = r#"
[[finesse.nodes]]
host = "finesse-a.example.org"
[clients.crm]
key_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
callback_secret = "short"
[clients.desk]
key_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
time_zone = "Mars/Olympus"
[clients.other]
key_sha256 = "key-other"
[clients.rest]
commands = ["agent_call", "MakeCoffee"]
"#;
    let keys: Vec<String> = load(text, &[], &[])
        .unwrap()
        .check()
        .into_iter()
        .map(|problem| problem.key)
        .collect();
    assert_eq!(
        keys,
        [
            "clients.crm.callback_secret",
            "clients.desk.key_sha256",
            "clients.desk.time_zone",
            "clients.other.key_sha256",
            "clients.rest.key_sha256",
            "clients.rest.commands",
        ]
    );
}

#[test]
fn with_a_client_and_tls_the_gateway_may_listen_anywhere() {
    let keys = |config: &Config| -> Vec<String> {
        config
            .check()
            .into_iter()
            .map(|problem| problem.key)
            .collect()
    };
    let mut config = good();
    config.server.listen = "0.0.0.0:8112".parse().unwrap();
    assert_eq!(keys(&config), ["server.listen"]);
    config
        .clients
        .insert("crm".into(), crate::support::client("key-crm"));
    assert_eq!(keys(&config), ["server.tls"]);
    let mut behind_a_proxy = config.clone();
    behind_a_proxy.server.plain_http_behind_proxy = true;
    assert_eq!(behind_a_proxy.check(), []);
    behind_a_proxy.server.admin_listen = "0.0.0.0:8162".parse().unwrap();
    assert_eq!(keys(&behind_a_proxy), ["server.admin_listen"]);
    behind_a_proxy.admin.key_sha256 = crate::support::client("key-admin").key_sha256;
    assert_eq!(behind_a_proxy.check(), []);
    behind_a_proxy.admin.key_sha256 = vec!["key-admin".to_owned()];
    assert_eq!(keys(&behind_a_proxy), ["admin.key_sha256"]);
    let file = file("");
    config.server.tls.cert_file = file.path().to_str().unwrap().to_owned();
    config.server.tls.client_certificate_required = true;
    assert_eq!(
        keys(&config),
        [
            "server.tls.key_file",
            "server.tls.client_certificate_required"
        ]
    );
    config.server.tls.client_certificate_required = false;
    config.server.tls.key_file = "/no/such/key.pem".to_owned();
    assert_eq!(keys(&config), ["server.tls"]);
}

#[tokio::test]
async fn a_gateway_with_problems_does_not_start() {
    match gc_server::serve(Config::default()).await {
        Err(ServeError::Config(problems)) => assert_eq!(problems[0].key, "finesse.nodes"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it started"),
    }
}

#[test]
fn a_broker_is_named_by_its_address_and_nothing_else() {
    let mut config = good();
    for good in [
        "stomp://127.0.0.1:61613",
        "stomp://localhost",
        "stomp://[::1]:61613",
        "stomp+ssl://mq-a.example.org:61612",
    ] {
        config.broker.brokers = vec![good.into()];
        assert_eq!(config.check(), [], "{good}");
    }
    for (bad, why) in [
        ("mq-a.example.org", "is no address"),
        ("stomp://", "is no address"),
        ("tcp://127.0.0.1:61616", "begins with neither"),
        ("stomp://gc:c4nary@127.0.0.1", "user and password"),
        ("stomp://127.0.0.1/x", "more than host and port"),
        ("stomp://mq-a.example.org:61613", "is not this machine"),
    ] {
        config.broker.brokers = vec![bad.into()];
        let found = config.check();
        assert_eq!(found.len(), 1, "{bad}: {found:?}");
        assert_eq!(found[0].key, "broker.brokers[0]");
        assert!(found[0].what.contains(why), "{}", found[0]);
        assert!(!found[0].to_string().contains("c4nary"));
    }
    config.broker.allow_plain = true;
    assert_eq!(config.check(), []);
}

#[test]
fn what_is_wrong_with_the_broker_is_said_by_name() {
    let keys = |change: fn(&mut Config)| {
        let mut config = good();
        change(&mut config);
        let found = config.check();
        found
            .into_iter()
            .map(|problem| problem.key)
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(|c| c.broker.priority = 128), ["broker.priority"]);
    assert_eq!(keys(|c| c.broker.prefetch = 0), ["broker.prefetch"]);
    assert_eq!(
        keys(|c| c.broker.destination_signs = ".>".into()),
        ["broker.destination_signs"]
    );
    assert_eq!(
        keys(|c| c.broker.password = Secret::new("c4nary")),
        ["broker.user"]
    );
    assert_eq!(
        keys(|c| c.broker.password_file = "/nowhere/secret".into()),
        ["broker.password_file", "broker.user"]
    );
    assert_eq!(
        keys(|c| {
            let queue = "a/b".to_owned();
            c.broker.queues.insert(queue, Default::default());
        }),
        ["broker.queues"]
    );
    assert_eq!(
        keys(|c| {
            let name = "queue/Connector1".to_owned();
            c.clients.insert(name, crate::support::client("key"));
        }),
        ["clients.queue/Connector1"]
    );
}

#[test]
fn without_a_queue_commands_come_from_connector1() {
    let queues = |text: &str| {
        let config = load(text, &[], &[]).unwrap();
        config.broker.queues().into_keys().collect::<Vec<_>>()
    };
    assert_eq!(queues(""), ["Connector1"]);
    let two = "[broker.queues.crm]\n[broker.queues.desk]\ndialect = \"string\"\n";
    assert_eq!(queues(two), ["crm", "desk"]);
}
