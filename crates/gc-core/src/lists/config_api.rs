//! Skill groups and supervisors, from the configuration API of Unified CCE (Finesse API, section 3.12).

use finesse_protocol::{Answer, Page, Request};
use gc_protocol::event::{Event, SkillGroup, SkillGroups, Supervisor, Supervisors};
use gc_protocol::{AgentId, ErrorType};

use super::{Begun, By, ListRead, Next, Reader, failed};
use crate::clusters::{Cluster, Names};
use crate::io::Reply;

/// Items that a page has unless a number is asked for.
const USUAL_PAGE: u32 = 25;

/// Items that one list may come to.
const ITEM_LIMIT: u32 = 20_000;

/// Skill groups on their way.
#[derive(Debug)]
pub(crate) struct SkillPages {
    agent: AgentId,
    window: Window,
    found: Vec<SkillGroup>,
}

/// Supervisors on their way.
#[derive(Debug)]
pub(crate) struct SupervisorPages {
    agent: AgentId,
    names: Names,
    window: Window,
    found: Vec<Supervisor>,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
struct Window {
    next: u32,
    end: u32,
    /// Items of one read.
    page: u32,
}

impl Window {
    fn all(cluster: &Cluster) -> Self {
        Self {
            next: 0,
            end: ITEM_LIMIT,
            page: cluster.config_page.clamp(1, 100),
        }
    }

    /// A page as clients name it: they count from 1, the API from 0.
    fn part(cluster: &Cluster, start: u32, count: u32) -> Self {
        let next = start.saturating_sub(1);
        let count = match count {
            0 => USUAL_PAGE,
            count => count.min(ITEM_LIMIT),
        };
        Self {
            next,
            end: next.saturating_add(count),
            ..Self::all(cluster)
        }
    }

    fn size(self) -> u32 {
        self.end.saturating_sub(self.next).min(self.page)
    }

    /// Items of a page that were not had before, and whether more are to be asked for.
    fn take<T>(&mut self, page: Page<T>) -> (Vec<T>, bool) {
        // Past the end the API answers with the last page once more.
        let after = page.next_start();
        let mut items = page.items;
        let known = usize::try_from(self.next.saturating_sub(page.start)).unwrap_or(usize::MAX);
        items.drain(..known.min(items.len()));
        let wanted = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        items.truncate(wanted);
        let more = after.filter(|next| *next > self.next && *next < self.end);
        self.next = more.unwrap_or(self.end);
        (items, more.is_some())
    }
}

impl SkillPages {
    pub(super) fn begin(
        reader: &Reader<'_>,
        cluster: &Cluster,
        mode: &str,
        start: u32,
        count: u32,
    ) -> Begun {
        configured(cluster)?;
        let window = match mode {
            "INDEXING" => Window::part(cluster, start, count),
            _ => Window::all(cluster),
        };
        let pages = Self {
            agent: reader.id().clone(),
            window,
            found: Vec::new(),
        };
        let request = pages.request();
        Ok((ListRead::Skills(pages), By::ConfigApi, request))
    }

    fn request(&self) -> Request {
        Request::SkillGroups {
            start: self.window.next,
            count: self.window.size(),
        }
    }

    pub(super) fn next(&mut self, reply: Reply) -> Next {
        let Reply::Answer(Answer::SkillGroups(page)) = reply else {
            return failed(&reply);
        };
        let (groups, more) = self.window.take(page);
        self.found
            .extend(groups.into_iter().map(|group| SkillGroup {
                id: group.id().to_owned(),
                name: group.name,
            }));
        if more {
            return Next::Ask(By::ConfigApi, self.request());
        }
        Next::Tell(vec![Event::SkillGroups(SkillGroups {
            skills: std::mem::take(&mut self.found),
            agent_id: self.agent.clone(),
        })])
    }
}

impl SupervisorPages {
    pub(super) fn begin(reader: &Reader<'_>, cluster: &Cluster) -> Begun {
        configured(cluster)?;
        let pages = Self {
            agent: reader.id().clone(),
            names: reader.names().clone(),
            window: Window::all(cluster),
            found: Vec::new(),
        };
        let request = pages.request();
        Ok((ListRead::Supervisors(pages), By::ConfigApi, request))
    }

    fn request(&self) -> Request {
        Request::Supervisors {
            start: self.window.next,
            count: self.window.size(),
        }
    }

    pub(super) fn next(&mut self, reply: Reply) -> Next {
        let Reply::Answer(Answer::Supervisors(page)) = reply else {
            return failed(&reply);
        };
        let (agents, more) = self.window.take(page);
        self.found
            .extend(agents.into_iter().map(|agent| Supervisor {
                id: agent.id().to_owned(),
                name: agent.full_name(),
                login_id: self.names.outside(&agent.agent_id).as_str().to_owned(),
            }));
        if more {
            return Next::Ask(By::ConfigApi, self.request());
        }
        Next::Tell(vec![Event::Supervisors(Supervisors {
            supervisors: std::mem::take(&mut self.found),
            agent_id: self.agent.clone(),
        })])
    }
}

fn configured(cluster: &Cluster) -> Result<(), (ErrorType, String)> {
    if cluster.config_api {
        return Ok(());
    }
    let message = "the configuration API of Unified CCE is not configured";
    Err((ErrorType::NotSupported, message.to_owned()))
}
