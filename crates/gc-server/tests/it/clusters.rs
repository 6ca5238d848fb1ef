//! Several clusters: their settings, what is wrong with them, and what an operator sees.

use std::time::Duration;

use gc_core::Agents;
use gc_server::config::{Cluster, Config, Node};
use pretty_assertions::assert_eq;

use crate::admin::node;
use crate::support::{Gateway, plain_node, soon};

fn load(text: &str) -> Result<Config, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let sources = gc_server::config::Sources {
        file: Some(file.path().to_owned()),
        ..gc_server::config::Sources::default()
    };
    sources.load().map_err(|error| error.to_string())
}

const TWO: &str = r#"
[finesse]
product = "ucce"
request_timeout = "7s"
[finesse.link]
resource = "gateway-a"
ping_interval = "3s"
[finesse.administrator]
name = "admin"
password = "one"
[[finesse.nodes]]
host = "finesse-a.example.org"
[[finesse.nodes]]
host = "finesse-b.example.org"

[clusters.berlin]
agents = ["42*", "43001"]
product = "uccx"
[clusters.berlin.link]
ping_interval = "4s"
[[clusters.berlin.nodes]]
host = "finesse-c.example.org"

[clusters.munich]
domain = "munich.example"
request_timeout = "9s"
[[clusters.munich.nodes]]
host = "finesse-d.example.org"
[clusters.munich.administrator]
name = "admin"
password = "two"
[clusters.munich.ucce_config]
host = "aw.example.org"
user = "gateway@munich.example"
password = "three"
"#;

#[test]
fn a_cluster_takes_from_finesse_what_it_does_not_set_but_never_an_account() {
    let config = load(TWO).unwrap();
    assert_eq!(config.check(), []);
    let sites = config.sites();
    let names: Vec<_> = sites.iter().map(|site| site.name.as_str()).collect();
    assert_eq!(names, ["finesse", "berlin", "munich"]);
    let products = sites.iter().map(|site| site.finesse.product.chosen());
    let ucce = Some(finesse_protocol::Product::Ucce);
    let uccx = Some(finesse_protocol::Product::Uccx);
    assert_eq!(products.collect::<Vec<_>>(), [ucce.clone(), uccx, ucce]);
    let timeouts = sites
        .iter()
        .map(|site| site.finesse.request_timeout.as_secs());
    assert_eq!(timeouts.collect::<Vec<_>>(), [7, 7, 9]);
    let links = sites.iter().map(|site| {
        let link = &site.finesse.link;
        (link.resource.as_str(), link.ping_interval.as_secs())
    });
    assert_eq!(
        links.collect::<Vec<_>>(),
        [("gateway-a", 3), ("gateway-a", 4), ("gateway-a", 3)]
    );
    let administrators: Vec<_> = sites
        .iter()
        .map(|site| site.administrator_id().map(|id| id.as_str().to_owned()))
        .collect();
    assert_eq!(
        administrators,
        [
            Some("admin".to_owned()),
            None,
            Some("admin@munich.example".to_owned())
        ]
    );
    let core = config.core().clusters;
    assert_eq!(
        core.iter().map(|cluster| cluster.nodes).collect::<Vec<_>>(),
        [2, 1, 1]
    );
    assert_eq!(
        core.iter()
            .map(|cluster| cluster.config_api)
            .collect::<Vec<_>>(),
        [false, false, true]
    );
    assert_eq!(
        core[1].agents,
        Agents::Listed {
            ids: vec!["43001".to_owned()],
            prefixes: vec!["42".to_owned()],
        }
    );
    assert_eq!(core[2].agents, Agents::Domain("munich.example".to_owned()));
}

#[test]
fn without_nodes_of_its_own_finesse_is_no_cluster_but_what_the_others_take_from() {
    let mut config = load(TWO).unwrap();
    config.finesse.nodes.clear();
    assert_eq!(config.check(), []);
    let names: Vec<_> = config
        .sites()
        .iter()
        .map(|site| site.name.clone())
        .collect();
    assert_eq!(names, ["berlin", "munich"]);
}

fn berlin(config: &mut Config) -> &mut Cluster {
    config.clusters.get_mut("berlin").unwrap()
}

fn munich(config: &mut Config) -> &mut Cluster {
    config.clusters.get_mut("munich").unwrap()
}

#[test]
fn what_is_wrong_with_a_cluster_is_said_by_the_name_of_its_setting() {
    type Change = fn(&mut Config);
    let changes: &[(&str, &str, Change)] = &[
        ("clusters.berlin.nodes", "there is no Finesse node", |c| {
            berlin(c).nodes.clear()
        }),
        ("clusters.berlin.agents", "no agent belongs", |c| {
            berlin(c).agents.clear()
        }),
        ("clusters.berlin.domain", "and so is agents", |c| {
            berlin(c).domain = "berlin.example".into();
        }),
        ("clusters.berlin.agents", "`*` is neither", |c| {
            berlin(c).agents.push("*".into())
        }),
        ("clusters.berlin.agents", "`` is neither", |c| {
            berlin(c).agents.push(String::new())
        }),
        ("clusters.berlin.agents", "`4*2` is neither", |c| {
            berlin(c).agents.push("4*2".into())
        }),
        (
            "clusters.berlin.agents",
            "`42*` is in clusters.berlin.agents too",
            |c| {
                berlin(c).agents.push("42*".into());
            },
        ),
        (
            "clusters.munich.agents",
            "`43001` is in clusters.berlin.agents too",
            |c| {
                munich(c).domain.clear();
                munich(c).agents = vec!["43001".into()];
            },
        ),
        ("clusters.munich.domain", "`@Berlin.example` is in", |c| {
            munich(c).domain = "Berlin.example".into();
            berlin(c).agents.clear();
            berlin(c).domain = "berlin.example".into();
        }),
        ("clusters.munich.domain", "`@munich` is no domain", |c| {
            munich(c).domain = "@munich".into();
        }),
        ("clusters.munich.nodes[0].host", "is no host name", |c| {
            munich(c).nodes[0].host.clear();
        }),
        (
            "clusters.munich.nodes[0].host",
            "is a node of berlin too",
            |c| {
                munich(c).nodes = vec![Node::new("FINESSE-c.example.org")];
            },
        ),
        ("clusters.munich.request_timeout", "is 0", |c| {
            munich(c).request_timeout = Some(Duration::ZERO);
        }),
        ("clusters.munich.link.resource", "the agents' own", |c| {
            munich(c).link.resource = Some("desktop".into());
        }),
        ("clusters.munich.ca_files", "there is no file", |c| {
            munich(c).ca_files = Some(vec!["/nonexistent.pem".into()]);
        }),
        (
            "clusters.munich.ucce_config.user",
            "is no user with a domain",
            |c| {
                munich(c).ucce_config.user = "gateway".into();
            },
        ),
        ("clusters.munich.administrator.password", "is empty", |c| {
            munich(c).administrator.password = gc_protocol::Secret::new("");
        }),
        ("clusters.munich.administrator.name", "of berlin too", |c| {
            berlin(c).administrator = munich(c).administrator.clone();
            munich(c).domain = "berlin".into();
        }),
        (
            "clusters.finesse",
            "is how the cluster of [finesse] is called",
            |c| {
                let own = c.clusters.remove("berlin").unwrap();
                c.clusters.insert("finesse".into(), own);
            },
        ),
        ("finesse.request_timeout", "is 0", |c| {
            c.finesse.request_timeout = Duration::ZERO
        }),
    ];
    for (key, what, change) in changes {
        let mut config = load(TWO).unwrap();
        change(&mut config);
        let problems = config.check();
        assert_eq!(problems.len(), 1, "{key}: {problems:#?}");
        assert_eq!(problems[0].key, *key);
        assert!(problems[0].what.contains(what), "{key}: {problems:#?}");
    }
}

#[test]
fn a_setting_that_a_cluster_does_not_have_is_no_setting() {
    let error = load("[clusters.berlin]\nclients = 3\n").unwrap_err();
    assert!(error.contains("unknown field `clients`"), "{error}");
    let error = load("[clusters.berlin.link]\nping = \"3s\"\n").unwrap_err();
    assert!(error.contains("unknown field `ping`"), "{error}");
}

#[tokio::test]
async fn a_cluster_that_does_not_serve_leaves_the_gateway_ready_and_is_named() {
    let (port, serving) = node().await;
    let gateway = Gateway::with(|config| {
        config.finesse.nodes = vec![plain_node(port)];
        config.finesse.health_interval = Duration::from_millis(50);
        let dead = Cluster {
            agents: vec!["42*".to_owned()],
            nodes: vec![plain_node(1)],
            ..Cluster::default()
        };
        config.clusters.insert("berlin".to_owned(), dead);
    })
    .await;
    let readiness = soon(async {
        loop {
            let readiness = gateway.admin("/readyz").await.json();
            let unknown = |node: usize| readiness["nodes"][node]["status"] == "UNKNOWN";
            if !unknown(0) && !unknown(1) {
                return readiness;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(readiness["ready"], true);
    assert_eq!(readiness["reasons"], serde_json::json!([]));
    assert_eq!(
        readiness["degraded"],
        serde_json::json!(["no node of cluster berlin is in service"])
    );
    assert_eq!(
        readiness["clusters"],
        serde_json::json!([
            {"name": "finesse", "inService": true, "sessions": 0, "linksUp": 0},
            {"name": "berlin", "inService": false, "sessions": 0, "linksUp": 0},
        ])
    );
    assert_eq!(readiness["nodes"][1]["cluster"], "berlin");
    assert_eq!(readiness["nodes"][1]["status"], "UNREACHABLE");
    let metrics = gateway.admin("/metrics").await.text;
    for line in [
        "gc_cluster_in_service{cluster=\"berlin\"} 0",
        "gc_cluster_sessions{cluster=\"berlin\"} 0",
        "gc_cluster_links_up{cluster=\"berlin\"} 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    serving.abort();
}

#[tokio::test]
async fn a_gateway_of_which_no_cluster_serves_is_not_ready() {
    let gateway = Gateway::with(|config| {
        let dead = Cluster {
            agents: vec!["42*".to_owned()],
            nodes: vec![plain_node(2)],
            ..Cluster::default()
        };
        config.clusters.insert("berlin".to_owned(), dead);
    })
    .await;
    let answer = gateway.admin("/readyz").await;
    assert_eq!(answer.status, 503);
    let readiness = answer.json();
    assert_eq!(readiness["reasons"][0], "no Finesse node is in service");
    assert_eq!(readiness["degraded"], serde_json::Value::Null);
}

#[tokio::test]
async fn no_callback_goes_to_a_node_of_any_cluster() {
    let (first, one) = node().await;
    let (second, two) = node().await;
    let gateway = Gateway::with(|config| {
        config.callbacks.allow = vec!["http://127.0.0.1:*".to_owned()];
        config.finesse.nodes = vec![plain_node(first)];
        let other = Cluster {
            agents: vec!["42*".to_owned()],
            nodes: vec![plain_node(second)],
            ..Cluster::default()
        };
        config.clusters.insert("berlin".to_owned(), other);
    })
    .await;
    for port in [first, second] {
        let hello = serde_json::json!({"data": {
            "type": format!("Hello#desk-{port}"), "body": "null", "sessionUrl": "s",
            "callbackFqdn": format!("http://127.0.0.1:{port}"), "callbackEndpoint": "/events",
        }});
        let answer = gateway.post(None, hello.to_string()).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
    }
    one.abort();
    two.abort();
}
