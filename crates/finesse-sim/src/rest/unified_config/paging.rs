//! Which part of a list is wanted, in which order.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::entries::Entry;
use super::error::ApiError;

const DEFAULT_PER_PAGE: usize = 25;
const MAX_PER_PAGE: usize = 100;

/// How much of an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Counts stand for collections.
    Summary,
    Full,
}

/// What the query asks for.
#[derive(Debug)]
pub(super) struct Wish {
    start: usize,
    pub(super) per_page: usize,
    pub(super) detail: Detail,
    pub(super) search: Option<String>,
    pub(super) sort: Option<String>,
}

/// A part of a list.
#[derive(Debug)]
pub(super) struct Page<E> {
    pub(super) entries: Vec<E>,
    pub(super) start: usize,
    pub(super) total: usize,
}

/// Addresses of other pages.
#[derive(Debug)]
pub(super) struct Links {
    pub(super) first: String,
    pub(super) last: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

impl Wish {
    pub(super) fn parse(mut parameters: BTreeMap<String, String>) -> Result<Self, ApiError> {
        let start = number(&parameters, "startIndex", (0, u32::MAX as usize))?;
        let per_page = number(&parameters, "resultsPerPage", (1, MAX_PER_PAGE))?;
        let detail = match parameters.get("summary").map(String::as_str) {
            None | Some("false") => Detail::Full,
            Some("true") => Detail::Summary,
            Some(other) => return Err(ApiError::invalid("summary", other)),
        };
        Ok(Self {
            start: start.unwrap_or_default(),
            per_page: per_page.unwrap_or(DEFAULT_PER_PAGE),
            detail,
            search: parameters.remove("q").filter(|search| !search.is_empty()),
            sort: parameters.remove("sort").filter(|sort| !sort.is_empty()),
        })
    }

    pub(super) fn links<E: Entry>(&self, host: &str, page: &Page<E>) -> Links {
        let last = last_start(page.total, self.per_page);
        let link = |start| self.link(&format!("https://{host}{}", E::RESOURCE), start);
        let previous = (page.start > 0).then(|| page.start.saturating_sub(self.per_page));
        let end = page.start + page.entries.len();
        let next = (end < page.total).then_some(end);
        Links {
            first: link(0),
            last: link(last),
            previous: previous.map(link),
            next: next.map(link),
        }
    }

    fn link(&self, resource: &str, start: usize) -> String {
        let mut link = format!("{resource}?");
        if start > 0 {
            // Writing to a String cannot fail.
            let _ = write!(link, "startIndex={start}&");
        }
        let _ = write!(link, "resultsPerPage={}", self.per_page);
        if self.detail == Detail::Summary {
            link.push_str("&summary=true");
        }
        for (name, value) in [("q", &self.search), ("sort", &self.sort)] {
            if let Some(value) = value {
                let _ = write!(link, "&{name}={}", encoded(value));
            }
        }
        link
    }
}

/// The wanted part. A start past the end gives the last page.
pub(super) fn page<E: Entry>(mut all: Vec<E>, wish: &Wish) -> Result<Page<E>, ApiError> {
    if let Some(search) = &wish.search {
        all.retain(|entry| search.split_whitespace().all(|term| fits(entry, term)));
    }
    sort(&mut all, wish.sort.as_deref().unwrap_or(E::SORTED_BY))?;
    let total = all.len();
    let start = if wish.start < total {
        wish.start
    } else {
        last_start(total, wish.per_page)
    };
    let entries = all.into_iter().skip(start).take(wish.per_page).collect();
    Ok(Page {
        entries,
        start,
        total,
    })
}

fn last_start(total: usize, per_page: usize) -> usize {
    total.saturating_sub(1) / per_page * per_page
}

/// `name:value` searches one parameter, if there is one of that name; else any of them.
fn fits<E: Entry>(entry: &E, term: &str) -> bool {
    let advanced = term
        .split_once(':')
        .and_then(|(name, value)| entry.fits(name, value));
    advanced.unwrap_or_else(|| {
        let term = term.to_lowercase();
        let mut texts = entry.searched().into_iter();
        texts.any(|text| text.to_lowercase().contains(&term))
    })
}

fn sort<E: Entry>(all: &mut [E], wish: &str) -> Result<(), ApiError> {
    let (parameter, order) = wish.split_once(' ').unwrap_or((wish, "asc"));
    if !E::SORTABLE.contains(&parameter) {
        return Err(ApiError::invalid("sort", parameter));
    }
    let turn: fn(Ordering) -> Ordering = match order.trim() {
        "asc" => |ordering| ordering,
        "desc" => Ordering::reverse,
        other => return Err(ApiError::invalid("sort", other)),
    };
    all.sort_by(|one, other| turn(one.value(parameter).cmp(other.value(parameter))));
    Ok(())
}

fn number(
    parameters: &BTreeMap<String, String>,
    name: &str,
    (min, max): (usize, usize),
) -> Result<Option<usize>, ApiError> {
    let Some(text) = parameters.get(name) else {
        return Ok(None);
    };
    if text.trim().is_empty() {
        return Err(ApiError::blank(name));
    }
    let number = text.trim().parse().ok();
    let allowed = number.filter(|number| (min..=max).contains(number));
    match allowed {
        Some(number) => Ok(Some(number)),
        None => Err(ApiError::out_of_range(name, (min, max))),
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}
