//! Two nodes that do not agree on who serves (fault F24): an agent is on one of them, and on one that says it serves.

use gc_core::{Cluster, Config, LinkEvent};

use crate::harness::{Bench, Logged};

/// The node that the agent's link was opened to last.
fn node_of(bench: &Bench) -> usize {
    let opened = bench.link_log.iter().rev();
    let mut opened = opened.filter_map(|line| line.strip_prefix("open 41027 at "));
    opened.next().unwrap().parse().unwrap()
}

/// Every request since the last look went to the node of the link; sign-ins only to one that serves.
fn assert_at_one(bench: &mut Bench, at: usize, serving: [bool; 2]) {
    for logged in std::mem::take(&mut bench.log) {
        let Logged::Request(sent) = logged else {
            continue;
        };
        assert_eq!(sent.node, at, "{}", sent.in_short());
        let signs_in = sent.in_short().contains("LOGIN");
        assert!(!signs_in || serving[at], "{} at {at}", sent.in_short());
    }
}

#[test]
fn whatever_the_halves_say_an_agent_is_on_one_node_and_on_one_that_serves() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster::of_nodes(2)],
        ..Config::default()
    });
    bench.login("desk-1", "41027");
    bench.log.clear();
    let mut serving = [true, true];
    let mut moves = 0;
    let splits = [
        (0, false),
        (1, false),
        (1, true),
        (0, true),
        (1, false),
        (0, false),
        (0, true),
        (1, true),
    ];
    for (node, serves) in splits.into_iter().cycle().take(64) {
        let before = node_of(&bench);
        serving[node] = serves;
        bench.node(node, serves);
        if !serving[before] {
            bench.link("41027", LinkEvent::Down);
        }
        // What goes to the old node goes there before it is left.
        assert_at_one(&mut bench, before, serving);
        bench.pass_seconds(20);
        let at = node_of(&bench);
        moves += usize::from(at != before);
        assert!(
            at == before || serving[at],
            "it went to a node that does not serve"
        );
        assert!(
            serving[at] || !serving[1 - at],
            "a node serves and is not used"
        );
        if serving[at] {
            bench.link("41027", LinkEvent::Up);
            for sent in bench.drop_requests() {
                match crate::harness::is_read(&sent.request) {
                    true => bench.answer_read(&sent),
                    false => bench.accept(&sent),
                }
            }
            bench.pass_seconds(3);
            bench.answer_reads();
        }
        assert_at_one(&mut bench, at, serving);
        assert!(bench.open_links().len() <= 1);
    }
    assert!(moves > 10, "{moves}");
}
