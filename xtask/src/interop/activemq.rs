//! ActiveMQ from Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::servers::{Server, free_port};

/// Where Debian's package has its archives.
pub(super) const HOME: &str = "/usr/share/activemq";

/// A broker that can be killed and started again on the same ports.
pub(super) struct ActiveMq {
    /// Port of STOMP.
    pub(super) stomp: u16,
    /// Port of OpenWire.
    pub(super) openwire: u16,
    java: PathBuf,
    folder: PathBuf,
    server: Option<Server>,
}

impl ActiveMq {
    /// On any free ports.
    pub(super) fn start(java: &Path, folder: &Path, name: &str) -> Result<Self> {
        let mut broker = Self {
            stomp: free_port()?,
            openwire: free_port()?,
            java: java.to_owned(),
            folder: folder.join(name),
            server: None,
        };
        std::fs::create_dir_all(broker.folder.join("conf"))?;
        let settings = settings(name, broker.stomp, broker.openwire);
        std::fs::write(broker.folder.join("conf/activemq.xml"), settings)?;
        broker.restart()?;
        Ok(broker)
    }

    /// Ends it in the middle of everything.
    pub(super) fn kill(&mut self) {
        self.server = None;
    }

    /// Starts it, with nothing in its queues.
    pub(super) fn restart(&mut self) -> Result<()> {
        let (folder, conf) = (&self.folder, self.folder.join("conf"));
        let mut command = Command::new(&self.java);
        command
            .current_dir(folder)
            .args([
                "-Xms32m",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
            ])
            .arg(format!("-Dactivemq.home={HOME}"))
            .arg(format!("-Dactivemq.base={}", folder.display()))
            .arg(format!("-Dactivemq.conf={}", conf.display()))
            .arg(format!("-Dactivemq.data={}", folder.join("data").display()))
            .args(["-cp", &class_path(&conf)?])
            .args(["org.apache.activemq.console.Main", "start"])
            .arg("xbean:conf/activemq.xml");
        let server = Server::start("activemq", &mut command, &folder.join("activemq.log"))?;
        self.server = Some(server.listening(self.stomp)?);
        Ok(())
    }
}

/// All archives of the package; a pattern would leave the order to the machine.
pub(super) fn class_path(conf: &Path) -> Result<String> {
    let mut archives = vec![conf.display().to_string()];
    for folder in ["lib", "lib/optional"] {
        let folder = Path::new(HOME).join(folder);
        let listed = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        let mut found: Vec<String> = listed
            .filter_map(|entry| Some(entry.ok()?.path().display().to_string()))
            .filter(|path| path.ends_with(".jar"))
            .collect();
        found.sort();
        archives.append(&mut found);
    }
    Ok(archives.join(":"))
}

fn settings(name: &str, stomp: u16, openwire: u16) -> String {
    format!(
        r#"<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="{name}" useJmx="false" persistent="false" schedulerSupport="false">
    <plugins>
      <simpleAuthenticationPlugin>
        <users><authenticationUser username="gc" password="gc" groups="users"/></users>
      </simpleAuthenticationPlugin>
    </plugins>
    <transportConnectors>
      <transportConnector name="stomp" uri="stomp+nio://127.0.0.1:{stomp}?transport.hbGracePeriodMultiplier=1.5"/>
      <transportConnector name="openwire" uri="tcp://127.0.0.1:{openwire}"/>
    </transportConnectors>
  </broker>
</beans>
"#
    )
}
