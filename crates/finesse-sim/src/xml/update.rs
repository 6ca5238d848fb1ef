//! The notification document, and error bodies.

use super::user::member;
use super::{Writer, dialog, lists, system_info, user};
use crate::engine::{Change, ErrorView, Payload, Publication, Refusal};
use crate::profile::Spelling;

/// The document that a publication carries.
fn update(publication: &Publication, spelling: Spelling) -> String {
    let root = |captured| spelling.root(captured);
    Writer::spelled(spelling, |w| {
        w.element("Update", |w| match &publication.payload {
            Payload::Error(error) => error_update(w, error, &publication.request_id),
            Payload::User(view) => {
                w.element("data", |w| user(w, &root("user"), view));
                tail(
                    w,
                    publication,
                    Change::Put,
                    &format!("/finesse/api/User/{}", view.id),
                );
            }
            Payload::TeamMember(view) => {
                w.element("data", |w| member(w, &root("user"), view));
                tail(
                    w,
                    publication,
                    Change::Put,
                    &format!("/finesse/api/User/{}", view.id),
                );
            }
            Payload::Dialog(Change::Put, view) => {
                w.element("data", |w| dialog(w, &root("dialog"), view));
                tail(
                    w,
                    publication,
                    Change::Put,
                    &format!("/finesse/api/Dialog/{}", view.id),
                );
            }
            Payload::Dialog(change @ (Change::Post | Change::Delete), view) => {
                w.element("data", |w| {
                    w.element(&root("dialogs"), |w| dialog(w, "Dialog", view))
                });
                tail(w, publication, *change, &publication.topic.path());
            }
            Payload::System(view) => {
                w.element("data", |w| system_info(w, &root("systemInfo"), view));
                tail(w, publication, Change::Put, &publication.topic.path());
            }
            Payload::Queue(view) => {
                w.element("data", |w| lists::queue_element(w, &root("queue"), view));
                tail(w, publication, Change::Put, &publication.topic.path());
            }
            Payload::ListedQueue(change, view) => {
                w.element("data", |w| {
                    w.element("Queues", |w| lists::queue_element(w, "Queue", view))
                });
                tail(w, publication, *change, &publication.topic.path());
            }
        });
    })
}

fn tail(w: &mut Writer, publication: &Publication, change: Change, source: &str) {
    w.leaf("event", &w.spelling().event(change.as_str()));
    w.leaf("requestId", &publication.request_id);
    w.leaf("source", source);
}

/// Errors have an order of their own, and a lower-case event.
fn error_update(w: &mut Writer, error: &ErrorView, request_id: &str) {
    w.element("data", |w| {
        w.element("apiErrors", |w| {
            w.element("apiError", |w| {
                if let Some((code, ..)) = error.peripheral {
                    w.number("peripheralErrorCode", code);
                }
                w.leaf("errorType", error.error_type);
                w.leaf("errorMessage", &error.message);
                if let Some((_, constant, text)) = error.peripheral {
                    w.leaf("peripheralErrorText", text);
                    w.leaf("peripheralErrorMsg", constant);
                }
                w.leaf("errorData", &error.data);
            });
        });
    });
    w.leaf("requestId", request_id);
    w.leaf("source", &error.source);
    w.leaf("event", "put");
}

/// Body of a refused request.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    Writer::document(|w| {
        w.element("ApiErrors", |w| {
            w.element("ApiError", |w| {
                w.leaf("ErrorType", refusal.error_type);
                w.leaf("ErrorMessage", &refusal.message);
                w.leaf("ErrorData", &refusal.data);
            });
        });
    })
}

impl Publication {
    /// The document that subscribers get.
    pub fn xml(&self) -> String {
        self.xml_as(Spelling::Captured)
    }

    /// The document in a spelling.
    pub fn xml_as(&self, spelling: Spelling) -> String {
        update(self, spelling)
    }
}
