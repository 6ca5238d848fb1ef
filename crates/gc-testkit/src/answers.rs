//! Every answer over HTTP that a test receives is held against the OpenAPI document of its gateway.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use gc_protocol::schema::{Service, openapi};
use jsonschema::Validator;
use serde_json::{Value, json};

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Method, in capitals.
    pub method: &'a str,
    /// Path, with its query.
    pub path: &'a str,
}

/// What came back.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// HTTP status.
    pub status: u16,
    /// The names of its headers.
    pub headers: &'a [&'a str],
    /// Content type.
    pub content_type: &'a str,
    /// Body.
    pub body: &'a str,
}

/// The document of one gateway.
#[derive(Debug)]
pub struct Answers {
    document: Value,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Answers {
    /// The document of a gateway, made once a process.
    pub fn of(service: &Service) -> Arc<Self> {
        static MADE: Mutex<Vec<(Service, Arc<Answers>)>> = Mutex::new(Vec::new());
        let mut made = held(&MADE);
        if let Some((_, known)) = made.iter().find(|(known, _)| known == service) {
            return known.clone();
        }
        let answers = Arc::new(Self {
            // A style that no printer takes is refused by the gateway before any answer.
            document: openapi(service).unwrap_or_default(),
            validators: Mutex::default(),
        });
        made.push((service.clone(), answers.clone()));
        answers
    }

    /// What of an answer is not documented.
    pub fn check(&self, asked: Asked<'_>, answered: Answered<'_>) -> Result<(), String> {
        let documented = self.documented(asked, answered.status);
        documented
            .and_then(|documented| self.compare(documented, asked, answered))
            .map_err(|problem| {
                let Asked { method, path } = asked;
                format!("{method} {path}: {problem}; it is {answered:?}")
            })
    }

    /// What the document says about a status; what no operation can answer stands elsewhere in it.
    fn documented(&self, asked: Asked<'_>, status: u16) -> Result<&Value, String> {
        let Some(path) = self.path(asked.path) else {
            let unknown = &self.document["paths"]["/schemas/{name}"]["get"]["responses"]["404"];
            return (status == 404)
                .then_some(unknown)
                .ok_or_else(|| "the path is not documented".to_owned());
        };
        let method = asked.method.to_ascii_lowercase();
        let shown = path.get(&method);
        let operation = shown.or_else(|| path.get("get").filter(|_| method == "head"));
        let documented = match operation {
            Some(operation) => operation["responses"].get(status.to_string()),
            None => Some(&self.document["components"]["responses"]["MethodNotAllowed"])
                .filter(|_| status == 405),
        };
        documented.ok_or_else(|| format!("the status {status} is not documented"))
    }

    fn path(&self, asked: &str) -> Option<&Value> {
        let asked = asked.split('?').next().unwrap_or_default();
        let paths = self.document["paths"].as_object()?;
        let found = paths.iter().find(|(template, _)| fits(template, asked));
        found.map(|(_, path)| path)
    }

    fn compare(
        &self,
        documented: &Value,
        asked: Asked<'_>,
        answered: Answered<'_>,
    ) -> Result<(), String> {
        let headers = documented["headers"].as_object().into_iter().flatten();
        for (name, header) in headers {
            let there = answered.headers.iter();
            if header["required"] == true
                && !there.into_iter().any(|had| had.eq_ignore_ascii_case(name))
            {
                return Err(format!("the header {name} is missing"));
            }
        }
        let Some(content) = documented.get("content") else {
            return Ok(());
        };
        let described = content.get(answered.content_type).ok_or_else(|| {
            format!(
                "the content type `{}` is not documented",
                answered.content_type
            )
        })?;
        if asked.method == "HEAD" || !answered.content_type.contains("json") {
            return Ok(());
        }
        let body = serde_json::from_str(answered.body).map_err(|error| error.to_string())?;
        self.conforms(&described["schema"], &body)
    }

    fn conforms(&self, schema: &Value, body: &Value) -> Result<(), String> {
        let validator = self.validator(schema)?;
        let wrong: Vec<String> = validator
            .iter_errors(body)
            .map(|error| format!("{} at `{}`", error, error.instance_path()))
            .collect();
        wrong
            .is_empty()
            .then_some(())
            .ok_or_else(|| wrong.join("; "))
    }

    fn validator(&self, schema: &Value) -> Result<Arc<Validator>, String> {
        let mut validators = held(&self.validators);
        let key = schema.to_string();
        if let Some(known) = validators.get(&key) {
            return Ok(known.clone());
        }
        let whole = json!({"allOf": [schema], "components": self.document["components"]});
        let validator = jsonschema::validator_for(&whole).map_err(|error| error.to_string())?;
        let validator = Arc::new(validator);
        validators.insert(key, validator.clone());
        Ok(validator)
    }
}

/// Whether a path is one of a template's.
fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(wanted, given)| {
            wanted == given || (wanted.starts_with('{') && !given.is_empty())
        })
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|held| held.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOW: Asked<'_> = Asked {
        method: "GET",
        path: "/gc/v1/agents/41027?x=1",
    };
    const MISSING: Answered<'_> = Answered {
        status: 404,
        headers: &[],
        content_type: "application/problem+json",
        body: r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"no","errorType":"NOT_FOUND"}"#,
    };

    fn usual(asked: Asked<'_>, answered: Answered<'_>) -> Result<(), String> {
        Answers::of(&Service::default()).check(asked, answered)
    }

    #[test]
    fn an_answer_as_documented_is_right() {
        assert_eq!(usual(SHOW, MISSING), Ok(()));
        let nowhere = Asked {
            method: "GET",
            path: "/nowhere",
        };
        assert_eq!(usual(nowhere, MISSING), Ok(()));
    }

    #[test]
    fn another_status_type_or_body_is_not_and_neither_is_a_missing_header() {
        let wrong = |answered| usual(SHOW, answered).unwrap_err();
        let status = wrong(Answered {
            status: 418,
            ..MISSING
        });
        assert!(
            status.contains("the status 418 is not documented"),
            "{status}"
        );
        let kind = wrong(Answered {
            content_type: "text/html",
            ..MISSING
        });
        assert!(kind.contains("`text/html` is not documented"), "{kind}");
        let body = wrong(Answered {
            body: r#"{"type":"about:blank"}"#,
            ..MISSING
        });
        assert!(
            body.contains("\"errorType\" is a required property"),
            "{body}"
        );
        let header = wrong(Answered {
            status: 401,
            ..MISSING
        });
        assert!(header.contains("WWW-Authenticate is missing"), "{header}");
        let delete = Asked {
            method: "DELETE",
            ..SHOW
        };
        let method = usual(delete, MISSING).unwrap_err();
        assert!(
            method.contains("the status 404 is not documented"),
            "{method}"
        );
    }
}
