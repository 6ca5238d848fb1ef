//! Bodies of requests.

use crate::engine::{DialogRequest, MobileRequest, NewDialog, Node, Refusal, UserRequest};
use crate::xml::Element;

pub(super) fn user_request(body: &str, node: Node) -> Result<UserRequest, Refusal> {
    let user = root(body, "User")?;
    Ok(UserRequest {
        state: user.child_text("state"),
        extension: user.child_text("extension"),
        reason_code_id: user.child_text("reasonCodeId"),
        mobile: user.child("mobileAgent").map(|mobile| MobileRequest {
            mode: mobile.child_text("mode"),
            dial_number: mobile.child_text("dialNumber"),
            node,
        }),
    })
}

pub(super) fn new_dialog(body: &str) -> Result<NewDialog, Refusal> {
    let dialog = root(body, "Dialog")?;
    let media = dialog.child("mediaProperties");
    Ok(NewDialog {
        action: dialog.child_text("requestedAction").unwrap_or_default(),
        from: dialog.child_text("fromAddress").unwrap_or_default(),
        to: dialog.child_text("toAddress").unwrap_or_default(),
        associated: dialog.child_text("associatedDialogUri"),
        wrap_up_reason: media.and_then(|media| media.child_text("wrapUpReason")),
        variables: variables(&dialog),
    })
}

pub(super) fn dialog_request(body: &str) -> Result<DialogRequest, Refusal> {
    let dialog = root(body, "Dialog")?;
    let media = dialog.child("mediaProperties");
    let params = dialog.child("actionParams");
    Ok(DialogRequest {
        action: dialog.child_text("requestedAction").unwrap_or_default(),
        target: dialog.child_text("targetMediaAddress"),
        to: dialog.child_text("toAddress"),
        variables: variables(&dialog),
        wrap_up: media.and_then(wrap_up),
        params: params
            .map(|params| pairs(params, "ActionParam"))
            .unwrap_or_default(),
    })
}

fn wrap_up(media: &Element) -> Option<Vec<String>> {
    if let Some(items) = media.child("wrapUpItems") {
        let items = items.children.iter().filter(|i| i.name == "wrapUpItem");
        return Some(items.map(|item| item.text.trim().to_owned()).collect());
    }
    media.child_text("wrapUpReason").map(|reason| vec![reason])
}

/// What a request is about, for matching faults: its action, else its state.
pub(super) fn action_of(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let Ok(root) = Element::parse(text) else {
        return String::new();
    };
    let action = root.child_text("requestedAction");
    action
        .or_else(|| root.child_text("state"))
        .unwrap_or_default()
}

fn root(body: &str, name: &str) -> Result<Element, Refusal> {
    let root = Element::parse(body).map_err(|_| Refusal::bad_request("Malformed XML"))?;
    if root.name == name {
        Ok(root)
    } else {
        Err(Refusal::bad_request("Unexpected root element"))
    }
}

fn variables(dialog: &Element) -> Vec<(String, String)> {
    let media = dialog.child("mediaProperties");
    let list = media.and_then(|media| media.child("callvariables"));
    list.map(|list| pairs(list, "CallVariable"))
        .unwrap_or_default()
}

fn pairs(list: &Element, name: &str) -> Vec<(String, String)> {
    let items = list.children.iter().filter(|item| item.name == name);
    let pair = |item: &Element| {
        let name = item.child_text("name").unwrap_or_default();
        let value = item.child("value").map(|value| value.text.clone());
        (name, value.unwrap_or_default())
    };
    items.map(pair).collect()
}
