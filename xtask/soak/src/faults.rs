//! What goes wrong on purpose, and how it is put right again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use finesse_sim::{Fault, FaultDrop, FaultEffect, FaultMatch, FaultPlace, Node, ServiceStatus};
use gc_testkit::proxy::{Cut, Toxics};

use crate::callers::Callers;
use crate::desk::{Order, agent};
use crate::dice::Dice;
use crate::floor::Floor;
use crate::ledger::Ledger;
use crate::site::Site;

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Links of some agents are cut.
    SomeLinksCut,
    /// All links are cut at once.
    AllLinksCut,
    /// All connections to one node are reset at once, links and requests.
    NodeReset,
    /// Links of some agents stay open and say nothing.
    LinksSilent,
    /// Nothing gets through between the gateway and a node, and nobody is told.
    NetworkSilent,
    /// What gets through to a node and back comes late and slowly.
    NetworkSlow,
    /// Finesse answers late.
    LateAnswers,
    /// A node says OUT_OF_SERVICE.
    OutOfService,
    /// A node's process is killed, and started again.
    NodeKilled,
    /// The CTI server changes sides.
    CtiFailover,
    /// Requests are answered with 503.
    Status503,
    /// Requests are carried out, and their answers lost.
    AnswersLost,
    /// Clients lose their connections, and come back; half of them have forgotten where they stood.
    ClientsAway,
    /// Clients do not read.
    ClientsSlow,
    /// A client does not read until it is cut off for that.
    ClientStuck,
}

impl Kind {
    pub(crate) const ALL: [Self; 15] = [
        Self::SomeLinksCut,
        Self::AllLinksCut,
        Self::NodeReset,
        Self::LinksSilent,
        Self::NetworkSilent,
        Self::NetworkSlow,
        Self::LateAnswers,
        Self::OutOfService,
        Self::NodeKilled,
        Self::CtiFailover,
        Self::Status503,
        Self::AnswersLost,
        Self::ClientsAway,
        Self::ClientsSlow,
        Self::ClientStuck,
    ];
}

/// A fault that has been made.
pub(crate) struct Struck {
    kind: Kind,
    node: Node,
    until: Instant,
    callers: Option<Callers>,
}

/// Draws faults, each kind once before any comes again.
pub(crate) struct Faults {
    dice: Dice,
    deck: Vec<Kind>,
    every: Duration,
    began: Instant,
    made: BTreeMap<Kind, u64>,
}

impl Faults {
    pub(crate) fn new(seed: u64, every: Duration) -> Self {
        Self {
            dice: Dice::new(seed),
            deck: Vec::new(),
            every,
            began: Instant::now(),
            made: BTreeMap::new(),
        }
    }

    /// Makes the next fault.
    #[allow(clippy::print_stdout)] // whoever watches a long run wants to see it go on
    pub(crate) async fn strike(&mut self, site: &Site, floor: &Floor) -> Result<Struck> {
        let kind = self.draw();
        // Longer than it takes to notice a silent link.
        let lasts = self.dice.between(self.every * 6 / 10, self.every * 3 / 4);
        let lasts = lasts.min(Duration::from_secs(12));
        let mut struck = Struck {
            kind,
            node: busy_node(site),
            until: Instant::now() + lasts,
            callers: None,
        };
        let crowd: Vec<usize> = (0..floor.count().div_ceil(5))
            .map(|_| self.dice.one_of(floor.count()))
            .collect();
        let at = self.began.elapsed().as_secs_f64();
        println!("{at:7.1} s  {kind:?} for {:.1} s", lasts.as_secs_f64());
        *self.made.entry(kind).or_default() += 1;
        struck.make(site, floor, &crowd, lasts).await?;
        Ok(struck)
    }

    /// How often each kind was made.
    pub(crate) fn by_name(&self) -> BTreeMap<String, u64> {
        let made = self.made.iter();
        made.map(|(kind, count)| (format!("{kind:?}"), *count))
            .collect()
    }

    fn draw(&mut self) -> Kind {
        if self.deck.is_empty() {
            self.deck = Kind::ALL.to_vec();
            self.dice.shuffle(&mut self.deck);
        }
        self.deck.pop().unwrap_or(Kind::SomeLinksCut)
    }
}

impl Struck {
    async fn make(
        &mut self,
        site: &Site,
        floor: &Floor,
        crowd: &[usize],
        lasts: Duration,
    ) -> Result<()> {
        let node = self.node;
        let simulator = &site.simulator;
        let requests = |effect| fault(FaultPlace::Rest, None, effect);
        match self.kind {
            Kind::SomeLinksCut => cut(site, crowd.iter().copied()),
            Kind::AllLinksCut => cut(site, 1..=floor.count()),
            Kind::NodeReset => {
                for line in site.lines(node).all() {
                    line.cut(Cut::Reset);
                }
            }
            Kind::NetworkSilent => {
                let toxics = Toxics {
                    silent: true,
                    ..Toxics::default()
                };
                site.spoil(node, toxics);
            }
            Kind::NetworkSlow => {
                let toxics = Toxics {
                    latency: Duration::from_millis(150),
                    jitter: Duration::from_millis(100),
                    bandwidth: Some(16 * 1024),
                    ..Toxics::default()
                };
                site.spoil(node, toxics);
            }
            Kind::LinksSilent => {
                for number in crowd {
                    let effect = FaultEffect {
                        silence: true,
                        ..FaultEffect::default()
                    };
                    simulator.add_fault(fault(FaultPlace::Xmpp, Some(*number), effect));
                }
            }
            Kind::LateAnswers => simulator.add_fault(requests(FaultEffect {
                delay_ms: Some(400),
                ..FaultEffect::default()
            })),
            Kind::OutOfService => simulator.set_service(node, ServiceStatus::OutOfService),
            Kind::NodeKilled => {
                site.at_simulator(async move |simulator| simulator.kill_node(node).await)
                    .await?;
                // Who connects is refused, as by a port that nobody has.
                for line in site.lines(node).all() {
                    line.down().await?;
                }
            }
            Kind::CtiFailover => {
                site.at_simulator(async move |simulator| simulator.fail_cti_over(lasts))
                    .await?;
            }
            Kind::Status503 => {
                for number in crowd {
                    let effect = FaultEffect {
                        status: Some(503),
                        ..FaultEffect::default()
                    };
                    simulator.add_fault(fault(FaultPlace::Rest, Some(*number), effect));
                }
            }
            Kind::AnswersLost => simulator.add_fault(Fault {
                times: Some(u32::try_from(crowd.len()).unwrap_or(u32::MAX)),
                ..requests(FaultEffect {
                    drop: Some(FaultDrop::After),
                    ..FaultEffect::default()
                })
            }),
            Kind::ClientsAway => {
                let (away, forgetful) = crowd.split_at(crowd.len() / 2);
                floor.ask(away, || Order::Away(lasts)).await;
                floor.ask(forgetful, || Order::Forget(lasts)).await;
            }
            Kind::ClientsSlow => floor.ask(crowd, || Order::Slow(lasts)).await,
            Kind::ClientStuck => {
                let agent = crowd.first().copied().unwrap_or(1);
                self.callers = Some(Callers::begin(site, floor, agent).await?);
            }
        }
        Ok(())
    }

    /// What it needs to go on.
    pub(crate) async fn go_on(&mut self, site: &Site, ledger: &Ledger) -> Result<()> {
        match &mut self.callers {
            Some(callers) => callers.go_on(site, ledger).await,
            None => Ok(()),
        }
    }

    /// Once its time has passed: how much longer than meant it took.
    pub(crate) fn over(&self) -> Option<Duration> {
        let late = Instant::now().checked_duration_since(self.until)?;
        let goes_on = self.callers.as_ref().is_some_and(Callers::goes_on);
        (!goes_on).then_some(late)
    }

    /// Puts it right.
    pub(crate) async fn heal(self, site: &Site, floor: &Floor) -> Result<()> {
        let node = self.node;
        if let Some(callers) = self.callers {
            callers.end(site);
        }
        match self.kind {
            // The simulator has lost what a silent link did not say, so no such link may live on.
            Kind::LinksSilent => {
                cut(site, 1..=floor.count());
                site.simulator.clear_faults();
            }
            Kind::LateAnswers | Kind::Status503 | Kind::AnswersLost => {
                site.simulator.clear_faults();
            }
            Kind::OutOfService => site.simulator.set_service(node, ServiceStatus::InService),
            Kind::NodeKilled => {
                site.at_simulator(async move |simulator| simulator.start_node(node).await)
                    .await??;
                site.mend_lines(node).await?;
            }
            Kind::NetworkSilent | Kind::NetworkSlow => site.mend_lines(node).await?,
            // These end by themselves.
            Kind::SomeLinksCut
            | Kind::AllLinksCut
            | Kind::NodeReset
            | Kind::CtiFailover
            | Kind::ClientsAway
            | Kind::ClientsSlow
            | Kind::ClientStuck => {}
        }
        Ok(())
    }
}

fn cut(site: &Site, numbers: impl Iterator<Item = usize>) {
    for number in numbers {
        site.simulator.drop_link(&agent(number));
    }
}

fn fault(place: FaultPlace, number: Option<usize>, effect: FaultEffect) -> Fault {
    Fault {
        place,
        on: FaultMatch {
            agent_id: number.map(agent),
            ..FaultMatch::default()
        },
        effect,
        times: None,
    }
}

/// The node that has most links.
fn busy_node(site: &Site) -> Node {
    let state = site.simulator.state();
    let links = |name: &str| {
        let mut nodes = state.nodes.iter();
        nodes
            .find(|node| node.node == name)
            .map_or(0, |node| node.links)
    };
    match links("a") >= links("b") {
        true => Node::A,
        false => Node::B,
    }
}
