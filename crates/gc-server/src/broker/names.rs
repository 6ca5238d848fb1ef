//! Which topics events may go to: the name comes from the client.

use crate::config::Broker;

/// Topics by which the broker talks about itself.
const OF_THE_BROKER: &str = "activemq.";

/// What a destination may look like.
#[derive(Debug)]
pub(crate) struct Names {
    signs: String,
    length: usize,
}

impl Names {
    pub(crate) fn new(settings: &Broker) -> Self {
        Self {
            signs: settings.destination_signs.clone(),
            length: settings.destination_length,
        }
    }

    pub(crate) fn allows(&self, name: &str) -> bool {
        let allowed = |c: char| c.is_ascii_alphanumeric() || self.signs.contains(c);
        let of_the_broker = name
            .get(..OF_THE_BROKER.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(OF_THE_BROKER));
        (1..=self.length).contains(&name.len()) && name.chars().all(allowed) && !of_the_broker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_plain_name_and_never_a_topic_of_the_broker() {
        let names = Names::new(&Broker::default());
        for good in ["desk-17", "10.1.2.3", "crm:a_b", &"x".repeat(128)] {
            assert!(names.allows(good), "{good}");
        }
        for bad in [
            "",
            "a b",
            "a/b",
            "desk.>",
            "*",
            "a,b",
            "a?consumer.exclusive=true",
            "a\nb",
            "Gerät",
            "ActiveMQ.Advisory.Connection",
            "activemq.advisory.x",
            &"x".repeat(129),
        ] {
            assert!(!names.allows(bad), "{bad}");
        }
    }

    #[test]
    fn the_settings_widen_and_narrow_it() {
        let names = Names::new(&Broker {
            destination_signs: "@".to_owned(),
            destination_length: 7,
            ..Broker::default()
        });
        assert!(names.allows("desk@17"));
        assert!(!names.allows("desk-17"));
        assert!(!names.allows("desk@171"));
    }
}
