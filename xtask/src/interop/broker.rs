//! The gateway on ActiveMQ: a JMS client and stomp.py as its clients, brokers that die, a gateway that stands by.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::activemq::{ActiveMq, class_path};
use super::conversation::{Conversation, skipped};
use super::servers::{Server, free_port};
use super::simulator::{self, Simulator};
use super::tools::{self, Tool};
use super::{AGENT, DOMAIN, EXTENSION, Places, readme, scripts};
use crate::process::run_quiet;
use crate::report::{Counts, Outcome, Step};

/// The agent of stomp.py, beside that of JMS.
const OTHER: (&str, &str) = ("41033", "6133");
/// Longest wait for a gateway to change its broker.
const MOVE: Duration = Duration::from_secs(30);

/// The conversation.
pub(super) fn step(places: &Places) -> Step {
    Step::many("interop: the gateway on ActiveMQ", || {
        match (tools::activemq()?, tools::java()?, tools::python(places)?) {
            (Tool::Here(_), Tool::Here(java), Tool::Here(python)) => {
                Stage::new(places, java, python)?.play()
            }
            (Tool::Missing(reason), _, _)
            | (_, Tool::Missing(reason), _)
            | (_, _, Tool::Missing(reason)) => Ok(skipped(reason)),
        }
    })
}

struct Stage<'p> {
    places: &'p Places,
    folder: PathBuf,
    java: PathBuf,
    python: PathBuf,
    simulator: Simulator,
    first: ActiveMq,
    second: ActiveMq,
    metrics: String,
    conversation: Conversation,
}

impl<'p> Stage<'p> {
    fn new(places: &'p Places, java: PathBuf, python: PathBuf) -> Result<Self> {
        let folder = places.work.join("activemq");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            places,
            simulator: simulator::start(places)?,
            first: ActiveMq::start(&java, &folder, "mq-a")?,
            second: ActiveMq::start(&java, &folder, "mq-b")?,
            folder,
            java,
            python,
            metrics: String::new(),
            conversation: Conversation::default(),
        })
    }

    fn play(mut self) -> Result<(Outcome, Counts)> {
        let ports = [self.first.stomp, self.second.stomp];
        let active = self.gateway("active", &ports, "priority = 127")?;
        let standby = self.gateway("standby", &ports, "priority = 100")?;
        self.jms()?;
        self.readme()?;
        self.stomp("work", "Connector1", "desk-2", OTHER)?;
        self.lose_a_broker(&active)?;
        self.lose_the_gateway(active)?;
        drop(standby);
        self.lose_an_acknowledgement()?;
        Ok(self.conversation.end())
    }

    /// The first broker dies and comes back; the clients that list both go on.
    fn lose_a_broker(&mut self, active: &Gateway) -> Result<()> {
        self.first.kill();
        let moved = active.is_on(self.second.stomp);
        let name = "the gateway goes to the second broker when the first dies";
        self.conversation.check(name, moved);
        self.jms()?;
        self.stomp("call", "Connector1", "desk-2", OTHER)?;
        self.first.restart()?;
        let moved = active.is_on(self.first.stomp);
        let name = "the gateway goes back to the first broker when it returns";
        self.conversation.check(name, moved);
        self.stomp("hello", "Connector1", "desk-2", OTHER)
    }

    /// Nothing came to the one that stands by until now, as it has no agent; from now on everything does.
    fn lose_the_gateway(&mut self, active: Gateway) -> Result<()> {
        drop(active);
        self.stomp("hello", "Connector1", "desk-3", OTHER)?;
        self.stomp("work", "Connector1", "desk-3", OTHER)
    }

    /// The broker delivers a command again whose acknowledgement it never saw.
    fn lose_an_acknowledgement(&mut self) -> Result<()> {
        let port = free_port()?;
        let mut line = Command::new(&self.python);
        line.arg(self.places.root.join("xtask/interop/ack_eater.py"))
            .args([port.to_string(), self.first.stomp.to_string()])
            .arg(self.folder.join("cut"));
        let line = Server::start("ack_eater.py", &mut line, &self.folder.join("line.log"))?;
        let _line = line.listening(port)?;
        let gateway = self.gateway("cut", &[port], "[broker.queues.Once]")?;
        self.metrics = gateway.metrics.clone();
        self.stomp("once", "Once", "desk-4", (AGENT, EXTENSION))
    }

    fn jms(&mut self) -> Result<()> {
        let mut command = Command::new(&self.java);
        let urls = format!(
            "failover:(tcp://127.0.0.1:{},tcp://127.0.0.1:{})?randomize=false&priorityBackup=true",
            self.first.openwire, self.second.openwire
        );
        command
            .args(["-XX:TieredStopAtLevel=1", "-cp", &class_path(&self.folder)?])
            .arg(self.places.root.join("xtask/interop/JmsClient.java"))
            .args([&urls, "desk-1", AGENT, EXTENSION, &self.control()]);
        scripts::count(command, "JmsClient.java", &mut self.conversation)
    }

    /// What the README tells to copy works as it stands there.
    fn readme(&mut self) -> Result<()> {
        let document = self.places.root.join("README.md");
        let example = readme::example(&document, "## ActiveMQ", "python")?;
        let file = self.folder.join("readme.py");
        std::fs::write(
            &file,
            example.replace("61613", &self.first.stomp.to_string()),
        )?;
        let finished = run_quiet(Command::new(&self.python).arg(&file))?;
        let said = |words: &str| finished.output.contains(words);
        let works = said("System {") && said("ConnectStatus {");
        let problem = (!finished.success || !works).then(|| finished.output.clone());
        self.conversation
            .check("the example of the README works", problem);
        Ok(())
    }

    fn stomp(
        &mut self,
        step: &str,
        queue: &str,
        destination: &str,
        (agent, extension): (&str, &str),
    ) -> Result<()> {
        let ports = format!("{},{}", self.first.stomp, self.second.stomp);
        let cut = self.folder.join("cut").display().to_string();
        let arguments = [
            step,
            "--ports",
            &ports,
            "--queue",
            queue,
            "--destination",
            destination,
            "--agent",
            agent,
            "--extension",
            extension,
            "--control",
            &self.control(),
            "--cut",
            &cut,
            "--metrics",
            &self.metrics,
        ]
        .map(str::to_owned);
        let (places, python) = (self.places, &self.python);
        scripts::run(
            places,
            python,
            "broker.py",
            &arguments,
            &mut self.conversation,
        )
    }

    fn control(&self) -> String {
        format!("http://127.0.0.1:{}", self.simulator.control)
    }

    /// The real program, with these brokers; further settings of `[broker]` last.
    fn gateway(&self, name: &str, brokers: &[u16], more: &str) -> Result<Gateway> {
        let (port, admin) = (free_port()?, free_port()?);
        let simulator = &self.simulator;
        let urls: Vec<String> = brokers
            .iter()
            .map(|port| format!("stomp://127.0.0.1:{port}"))
            .collect();
        let authority = simulator.authority.display().to_string();
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:{admin}\"\n\
             [finesse]\nsystem_roots = false\nca_files = [{authority:?}]\n\
             [finesse.link]\nresource = \"gateway-{name}\"\n\
             [[finesse.nodes]]\nname = \"a\"\nhost = \"{DOMAIN}\"\naddress = \"127.0.0.1\"\n\
             https_port = {}\nxmpp_port = {}\n\
             [broker]\nbrokers = {urls:?}\nuser = \"gc\"\npassword = \"gc\"\nprefer_every = \"1s\"\n{more}\n",
            simulator.rest, simulator.xmpp
        );
        let file = self.folder.join(format!("{name}.toml"));
        std::fs::write(&file, settings)?;
        let mut command = Command::new(self.places.program("gc-server"));
        command.args(["run", "--config"]).arg(&file);
        let log = self.folder.join(format!("{name}.log"));
        let server = Server::start("gc-server", &mut command, &log)?;
        let gateway = Gateway {
            metrics: format!("http://127.0.0.1:{admin}/metrics"),
            server: server.listening(admin)?,
        };
        if let Some(problem) = gateway.is_on(brokers[0]) {
            anyhow::bail!("{name}: {problem}");
        }
        Ok(gateway)
    }
}

struct Gateway {
    metrics: String,
    server: Server,
}

impl Gateway {
    /// Waits until its log says that it is connected to this broker, last of all; else what it said.
    fn is_on(&self, port: u16) -> Option<String> {
        let deadline = Instant::now() + MOVE;
        let wanted = format!("127.0.0.1:{port}");
        loop {
            let lines = self.server.lines();
            let connected = |line: &&String| line.contains("connected to the broker");
            let last = lines.iter().rfind(connected);
            if last.is_some_and(|line| line.contains(&wanted)) {
                return None;
            }
            if Instant::now() > deadline {
                return Some(self.server.tail());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
