//! What is in this process's memory stays there: it holds passwords.

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, setrlimit};

/// No core file, none through a handler of the system's either, and no look into the memory for anybody but root.
pub(crate) fn keep_private() -> Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).context("cannot turn core dumps off")?;
    hide()
}

/// The limit alone does not reach a handler that the kernel pipes core dumps to.
#[cfg(target_os = "linux")]
fn hide() -> Result<()> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).context("cannot hide the memory")
}

/// There is no more than the limit here.
#[cfg(not(target_os = "linux"))]
fn hide() -> Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn nothing_is_dumped_from_then_on() {
        assert_eq!(dumpable_behavior().ok(), Some(DumpableBehavior::Dumpable));
        assert!(keep_private().is_ok());
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        let behavior = dumpable_behavior().ok();
        assert_eq!(behavior, Some(DumpableBehavior::NotDumpable));
    }
}
